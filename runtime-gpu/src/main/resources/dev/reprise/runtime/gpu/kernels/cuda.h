// The names that kernels use, in CUDA C. opencl.h gives them in OpenCL C.
#define WIDE double
#define KERNEL extern "C" __global__ void
#define GLOBAL
#define LOCAL __shared__
#define FUNCTION __device__ __forceinline__
#define LONG long long
#define ULONG unsigned long long
#define UINT unsigned int
#define FIRST ((LONG)blockIdx.x * blockDim.x + threadIdx.x)
#define STEP ((LONG)gridDim.x * blockDim.x)
#define THREAD ((int)threadIdx.x)
#define THREADS ((int)blockDim.x)
#define GROUP ((LONG)blockIdx.x)
#define GROUPS ((LONG)gridDim.x)
#define BARRIER __syncthreads()
#define GLOBAL_BARRIER __syncthreads()
#define MULHI(a, b) __umulhi((UINT)(a), (UINT)(b))
#define NOT_A_NUMBER __longlong_as_double(0x7ff8000000000000LL)
#define FMA(a, b, c) fma(a, b, c)
#define BITS_OF(x) __double_as_longlong(x)
#define OF_BITS(bits) __longlong_as_double(bits)
#define ATOMIC_ADD(p, n) atomicAdd((UINT *)(p), (UINT)(n))
#define ATOMIC_MAX(p, n) atomicMax((UINT *)(p), (UINT)(n))
