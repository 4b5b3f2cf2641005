// The names that kernels use, in OpenCL C 1.2. cuda.h gives them in CUDA C.
#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif
// a * b + c must round twice, as it does on the host.
#pragma OPENCL FP_CONTRACT OFF
// The widest numbers that the device computes in.
#ifdef cl_khr_fp64
#define WIDE double
#else
#define WIDE float
#endif
#define KERNEL __kernel void
#define GLOBAL __global
#define LOCAL __local
#define FUNCTION
#define LONG long
#define ULONG ulong
#define UINT uint
// Where a thread begins and how far it steps, in a kernel that loops over its items.
#define FIRST ((LONG)get_global_id(0))
#define STEP ((LONG)get_global_size(0))
// In kernels whose threads work in groups.
#define THREAD ((int)get_local_id(0))
#define THREADS ((int)get_local_size(0))
#define GROUP ((LONG)get_group_id(0))
#define GROUPS ((LONG)get_num_groups(0))
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE)
// Also for what the group wrote to the device's memory.
#define GLOBAL_BARRIER barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define MULHI(a, b) mul_hi((UINT)(a), (UINT)(b))
#define NOT_A_NUMBER ((WIDE)NAN)
// a * b + c, rounded once: in products, which promise no particular rounding.
#define FMA(a, b, c) fma(a, b, c)
// A double as its bits, and back.
#define BITS_OF(x) as_long((double)(x))
#define OF_BITS(bits) as_double((LONG)(bits))
// Of whole numbers of 32 bits in global memory.
#define ATOMIC_ADD(p, n) atomic_add((volatile __global uint *)(p), (uint)(n))
#define ATOMIC_MAX(p, n) atomic_max((volatile __global uint *)(p), (uint)(n))
