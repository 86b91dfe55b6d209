#ifndef DITHER_CSQLITE_SHIM_H
#define DITHER_CSQLITE_SHIM_H

#include <sqlite3.h>

#endif
