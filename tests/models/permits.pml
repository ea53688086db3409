/*
 * Permits, reservations, stops, outcomes and expiry of one person: two vendors, a core, and hubs
 * over one database that die at any step of a call. A hub keeps nothing: what decides is rows, read
 * and written by a transaction that holds the person. So a call is all that there is of a hub; it may
 * die before its commit, which undoes it, or after, before the answer is heard.
 *
 * tests/models/run checks exhaustively:
 *   I5     once a stop has been acknowledged, no permit is open and none is given
 *   I6     a permit is given only while the contacts that are known and the permits that are open are
 *          fewer than the cap; and with vendors that report before their permits expire (TIMELY),
 *          there never are more contacts than the cap
 *   known  whoever asks is answered, whichever hubs die
 *   may    who keeps asking is told yes in the end, or is stopped
 *
 * and that each mistake is found which is switched on by -DPLANT_…:
 *   COUNT_IN_MEMORY  a hub counts in its memory what it gave and heard
 *   EXPIRED_COUNTS   a reservation goes on counting when its permit has expired
 *   EARLY_ANSWER     a stop is acknowledged before it is durable
 *   SETTLED_TWICE    an outcome that is sent again counts again
 *   NO_HOLD          a permit is decided without holding the person
 */

#define VENDORS 2
#ifndef CAP
#define CAP 2
#endif
#ifndef DEATHS
#define DEATHS 2
#endif
#ifndef REQUESTS
#define REQUESTS 2 /* of vendor 1; vendor 0 asks until it may */
#endif

mtype = { none, open, used, void, released, expired };
mtype = { yes, no, lost };

/* Rows: changed by commits only. */
mtype permit[VENDORS] = none; /* the newest of each vendor */
byte settled = 0;             /* contacts of the ledger that count */
bool recorded[VENDORS];       /* the outcome of that permit is in the ledger */
bool stopped = false;

/* The person's key. */
bool held = false;

#ifdef PLANT_COUNT_IN_MEMORY
byte remembered[2]; /* of each of two hubs */
#endif

byte deaths = 0;

/* What the world sees. */
bool acknowledged = false; /* the core knows that its stop holds */
bool asking = false;       /* vendor 0 waits for an answer */
bool told = false;         /* vendor 0 was told yes */
bool under_way[VENDORS];   /* a contact was made and is not yet reported */
byte contacts = 0;         /* that were made at all */

#define Opens ((permit[0] == open) + (permit[1] == open))
#ifdef PLANT_EXPIRED_COUNTS
#define Reserved (Opens + (permit[0] == expired) + (permit[1] == expired))
#else
#define Reserved Opens
#endif

inline Hold() { atomic { !held -> held = true } }

/* May I? */
inline Ask(me, hub, counted, answer) {
#ifndef PLANT_NO_HOLD
  Hold();
#endif
#ifdef PLANT_COUNT_IN_MEMORY
  counted = remembered[hub];
#else
  counted = settled + Reserved;
#endif
  atomic {
    if
    :: deaths < DEATHS -> deaths++; answer = lost /* before the commit */
    :: permit[me] == open && !stopped -> answer = yes /* the old yes once more */
    :: permit[me] != open && (stopped || counted >= CAP || Opens > 0) -> answer = no
    :: permit[me] != open && !stopped && counted < CAP && Opens == 0 ->
       permit[me] = open;
       recorded[me] = false;
       answer = yes;
#ifdef PLANT_COUNT_IN_MEMORY
       remembered[hub]++;
#endif
       assert(!acknowledged);           /* I5 */
       assert(settled + Opens <= CAP)   /* I6 */
    fi;
    counted = 0;
#ifndef PLANT_NO_HOLD
    held = false
#endif
  }
  atomic {
    if
    :: deaths < DEATHS -> deaths++; answer = lost /* the answer is not heard */
    :: true -> skip
    fi
  }
}

/* What came of it: once, whatever has become of the permit. */
inline Report(me, answer) {
  Hold();
  atomic {
    if
    :: deaths < DEATHS -> deaths++; answer = lost
    :: true ->
       if
#ifndef PLANT_SETTLED_TWICE
       :: recorded[me] -> skip
       :: !recorded[me] ->
#else
       :: true ->
#endif
          recorded[me] = true;
          settled++;
          if
          :: permit[me] == open || permit[me] == expired -> permit[me] = used
          :: else -> skip
          fi
       fi;
       answer = yes
    fi;
    held = false
  }
  atomic {
    if
    :: deaths < DEATHS -> deaths++; answer = lost /* it is sent again */
    :: true -> if :: answer == yes -> under_way[me] = false :: else -> skip fi
    fi
  }
}

inline Release(me, answer) {
  Hold();
  atomic {
    if
    :: deaths < DEATHS -> deaths++; answer = lost
    :: true -> if :: permit[me] == open -> permit[me] = released :: else -> skip fi; answer = yes
    fi;
    held = false
  }
}

/* Vendor 0 asks until it is told yes or hears of the stop; vendor 1 has a few requests. With a yes
   each does what it likes: it makes the contact and reports it, gives the permit back, or forgets. */
proctype Vendor(byte me) {
  byte counted = 0, hub = 0, requests = 0;
  mtype answer = lost;
  do
  :: me == 0 && (told || stopped) -> break
  :: me == 1 && requests == REQUESTS -> break
  :: (me == 0 && !told && !stopped) || (me == 1 && requests < REQUESTS) ->
     atomic {
       if :: me == 1 -> requests++ :: me == 0 -> asking = true fi;
       answer = lost
     }
     do
     :: answer == lost ->
#ifdef PLANT_COUNT_IN_MEMORY
        if :: hub = 0 :: hub = 1 fi;
#endif
        Ask(me, hub, counted, answer)
     :: answer != lost -> break
     od;
     if :: me == 0 -> asking = false :: me == 1 -> skip fi;
     if
     :: answer == no -> skip
     :: answer == yes ->
        if :: me == 0 -> told = true :: me == 1 -> skip fi;
        if
        :: atomic { permit[me] == open || permit[me] == void -> /* of a stop it may not know */
                    contacts++; under_way[me] = true; answer = lost };
#ifdef TIMELY
           assert(contacts <= CAP); /* I6, as the person feels it */
#endif
           do
           :: answer == lost -> Report(me, answer)
           :: answer != lost -> break
           od
        :: answer = lost;
           do
           :: answer == lost -> Release(me, answer)
           :: answer != lost -> break
           od
        :: true -> skip
        fi
     fi
  od
}

/* A permit is not open for ever: time needs no transaction. Who is timely has reported by then. */
active proctype Clock() {
end:
  do
#ifdef TIMELY
  :: atomic { permit[0] == open && !under_way[0] -> permit[0] = expired }
  :: atomic { permit[1] == open && !under_way[1] -> permit[1] = expired }
#else
  :: atomic { permit[0] == open -> permit[0] = expired }
  :: atomic { permit[1] == open -> permit[1] = expired }
#endif
  od
}

/* One stop, or none, posted until it is acknowledged. */
active proctype Core() {
  mtype answer = lost;
  if
  :: true -> skip
  :: true ->
     do
     :: answer != lost -> break
     :: answer == lost ->
        Hold();
#ifdef PLANT_EARLY_ANSWER
        acknowledged = true;
#endif
        atomic {
          if
          :: deaths < DEATHS -> deaths++
          :: true ->
             stopped = true;
             if :: permit[0] == open -> permit[0] = void :: else -> skip fi;
             if :: permit[1] == open -> permit[1] = void :: else -> skip fi;
             answer = yes
          fi;
          held = false
        }
        atomic {
          if
          :: deaths < DEATHS -> deaths++; answer = lost
          :: answer == yes -> acknowledged = true
          :: answer == lost -> skip
          fi
        }
     od
  fi
}

/* I5, between any two steps. */
active proctype Watch() {
end:
  atomic { acknowledged && Opens > 0 -> assert(false) }
}

init { atomic { run Vendor(0); run Vendor(1) } }

ltl known { [] (asking -> <> !asking) }
ltl may { <> (told || stopped) }
