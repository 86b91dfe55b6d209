#ifndef DITHER_CPOSTGRES_SHIM_H
#define DITHER_CPOSTGRES_SHIM_H

#include <libpq-fe.h>

#endif
