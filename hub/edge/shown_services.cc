#include "hub/edge/shown_services.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "hub/identity/authorization.h"

namespace switchboard::edge {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;

const DescriptorPool& Pool() { return *DescriptorPool::generated_pool(); }

bool MayCallAny(const identity::Peer& caller, const ServiceDescriptor& service) {
  for (int i = 0; i < service.method_count(); ++i) {
    const std::string name = absl::StrCat("/", service.full_name(), "/", service.method(i)->name());
    if (identity::Authorize(caller, name).ok()) return true;
  }
  return false;
}

void AddWithImports(const FileDescriptor& file, std::vector<const FileDescriptor*>& files) {
  if (std::find(files.begin(), files.end(), &file) != files.end()) return;
  files.push_back(&file);
  for (int i = 0; i < file.dependency_count(); ++i) AddWithImports(*file.dependency(i), files);
}

}  // namespace

ShownServices::ShownServices(const std::vector<const ServiceDescriptor*>& all,
                             const identity::Peer& caller) {
  for (const ServiceDescriptor* service : all) {
    if (!MayCallAny(caller, *service)) continue;
    services_.push_back(service);
    AddWithImports(*service->file(), files_);
  }
}

const FileDescriptor* ShownServices::FileNamed(const std::string& name) const {
  const FileDescriptor* file = Pool().FindFileByName(name);
  return Shows(file) ? file : nullptr;
}

const FileDescriptor* ShownServices::FileOfSymbol(const std::string& symbol) const {
  const FileDescriptor* file = Pool().FindFileContainingSymbol(symbol);
  return Shows(file) ? file : nullptr;
}

const FileDescriptor* ShownServices::FileOfExtension(const std::string& extended_type,
                                                     int number) const {
  const Descriptor* type = Pool().FindMessageTypeByName(extended_type);
  const FieldDescriptor* field =
      type == nullptr ? nullptr : Pool().FindExtensionByNumber(type, number);
  return field != nullptr && Shows(field->file()) ? field->file() : nullptr;
}

std::vector<int> ShownServices::ExtensionsOf(const std::string& type) const {
  std::vector<const FieldDescriptor*> extensions;
  if (const Descriptor* extended = Pool().FindMessageTypeByName(type); extended != nullptr)
    Pool().FindAllExtensions(extended, &extensions);
  std::vector<int> numbers;
  for (const FieldDescriptor* extension : extensions) {
    if (Shows(extension->file())) numbers.push_back(extension->number());
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

bool ShownServices::Shows(const FileDescriptor* file) const {
  return std::find(files_.begin(), files_.end(), file) != files_.end();
}

std::vector<const FileDescriptor*> WithImports(const FileDescriptor& file) {
  std::vector<const FileDescriptor*> files;
  AddWithImports(file, files);
  return files;
}

}  // namespace switchboard::edge
