#pragma once

#include <string>

#include "hub/config_problems.h"
#include "switchboard/v1/config.pb.h"

namespace switchboard {

// Finds what is wrong with the files and folders that a checked configuration names, other than
// certificates, contracts and the plan: the database's place, the keys that wrap, the backups'
// folder, the ports file. Only looks; of a token it asks for a session.
void CheckStartupFiles(const v1::Config& config, ConfigProblems& problems);

// The same of the folders that checkpoints go to.
void CheckCheckpointPlaces(const v1::Config& config, ConfigProblems& problems);

// Whether the configuration's database may hold something already: a SQLite file that is there, or
// any PostgreSQL database.
bool DatabaseMayExist(const v1::Config& config);

}  // namespace switchboard
