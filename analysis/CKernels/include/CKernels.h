// Kernels whose speed depends on the instruction set, in C because a target of Swift is compiled for one alone. Each has
// one source, which is compiled for every set and chosen among when the program runs.

#ifndef DITHER_CKERNELS_H
#define DITHER_CKERNELS_H

#include "bit_counter.h"
#include "hadamard.h"
#include "instruction_set.h"
#include "row_counter.h"
#include "row_weights.h"

#endif
