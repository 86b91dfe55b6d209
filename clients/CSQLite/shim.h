#ifndef DITHER_CSQLITE_SHIM_H
#define DITHER_CSQLITE_SHIM_H

#include <sqlite3.h>

/// Has a connection close without a checkpoint. sqlite3_db_config is variadic, which Swift cannot call.
static inline int dither_sqlite_skip_checkpoint(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

#endif
