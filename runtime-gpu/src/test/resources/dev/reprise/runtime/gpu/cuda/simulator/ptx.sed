# The entry of a kernel whose PTX was made at run time (FusedPtx) as C++: a line for each instruction. An instruction
# that no rule knows stays as it is, and the compiler refuses it.
1,/^\.visible \.entry/{
  /^\.visible \.entry/!d
}
s/^\.visible \.entry (\w+)\(/extern "C" void \1(/
s/^\.param \.u64 (\w+)/long long \1/
s/^\.param \.f64 (\w+)/double \1/
s/^\.reg \.f64 %d<(\w+)>;/double d[\1];/
s/^\.reg \.f32 %f<(\w+)>;/float f[\1];/
s/^\.reg \.b64 %l<(\w+)>;/long long l[\1];/
s/^\.reg \.b32 %r<(\w+)>;/unsigned r[\1];/
s/^\.reg \.pred %p<(\w+)>;/bool p[\1];/
s/^\.param \.b64 (\w+);/double \1;/
s/^\.param \.b32 (\w+);/float \1;/
s/%([dflrp])([0-9]+)/\1[\2]/g
s/\$L([0-9]+)/L\1/g
s/0d43E0000000000000/0x1p63/g
s/0d4000000000000000/2.0/g
s/0d3FF0000000000000/1.0/g
s/0d0000000000000000/0.0/g
s/0f3F800000/1.0f/g
s/0f00000000/0.0f/g
s/^mov\.u32 (.*), %ctaid\.x;/\1 = blockIdx.x;/
s/^mov\.u32 (.*), %ntid\.x;/\1 = blockDim.x;/
s/^mov\.u32 (.*), %tid\.x;/\1 = threadIdx.x;/
s/^mov\.u32 (.*), %nctaid\.x;/\1 = gridDim.x;/
s/^mov\.u64 (.*), (.*);/\1 = \2;/
s/^ld\.param\.\w+ (.*), \[(\w+)\];/\1 = \2;/
s/^st\.param\.\w+ \[(\w+)\], (.*);/\1 = \2;/
s/^call\.uni \((\w+)\), (\w+), \((.*)\);/\1 = \2(\3);/
s/^cvta\.to\.global\.u64 (.*), (.*);/\1 = \2;/
s/^mul\.wide\.u32 (.*), (.*), (.*);/\1 = (long long)\2 * \3;/
s/^cvt\.u64\.u32 (.*), (.*);/\1 = \2;/
s/^cvt\.u32\.u64 (.*), (.*);/\1 = (unsigned)\2;/
s/^div\.u32 (.*), (.*), (.*);/\1 = \2 \/ \3;/
s/^div\.s64 (.*), (.*), (.*);/\1 = \2 \/ \3;/
s/^add\.s64 (.*), (.*), (.*);/\1 = \2 + \3;/
s/^sub\.s64 (.*), (.*), (.*);/\1 = \2 - \3;/
s/^mul\.lo\.s64 (.*), (.*), (.*);/\1 = \2 * \3;/
s/^or\.b64 (.*), (.*), (.*);/\1 = \2 | \3;/
s/^shl\.b64 (.*), (.*), (.*);/\1 = \2 << \3;/
s/^shr\.s64 (.*), (.*), (.*);/\1 = \2 >> \3;/
s/^shr\.u64 (.*), (.*), (.*);/\1 = (long long)((unsigned long long)\2 >> \3);/
s/^@(.*) bra (\w+);/if (\1) goto \2;/
s/^bra (\w+);/goto \1;/
s/^ret;/return;/
s/^(L[0-9]+):/\1:;/
s/^setp\.eq\.\w+ (.*), (.*), (.*);/\1 = \2 == \3;/
s/^setp\.(ne|neu)\.\w+ (.*), (.*), (.*);/\2 = \3 != \4;/
s/^setp\.lt\.\w+ (.*), (.*), (.*);/\1 = \2 < \3;/
s/^setp\.le\.\w+ (.*), (.*), (.*);/\1 = \2 <= \3;/
s/^setp\.gt\.\w+ (.*), (.*), (.*);/\1 = \2 > \3;/
s/^setp\.ge\.\w+ (.*), (.*), (.*);/\1 = \2 >= \3;/
s/^setp\.nan\.\w+ (.*), (.*), (.*);/\1 = isnan(\2) || isnan(\3);/
s/^and\.pred (.*), (.*), (.*);/\1 = \2 \&\& \3;/
s/^or\.pred (.*), (.*), (.*);/\1 = \2 || \3;/
s/^xor\.pred (.*), (.*), (.*);/\1 = \2 != \3;/
s/^selp\.\w+ (.*), (.*), (.*), (.*);/\1 = \4 ? \2 : \3;/
s/^add\.rn\.f.. (.*), (.*), (.*);/\1 = \2 + \3;/
s/^sub\.rn\.f.. (.*), (.*), (.*);/\1 = \2 - \3;/
s/^mul\.rn\.f.. (.*), (.*), (.*);/\1 = \2 * \3;/
s/^div\.rn\.f.. (.*), (.*), (.*);/\1 = \2 \/ \3;/
s/^neg\.f.. (.*), (.*);/\1 = -\2;/
s/^abs\.f.. (.*), (.*);/\1 = fabs(\2);/
s/^sqrt\.rn\.f.. (.*), (.*);/\1 = sqrt(\2);/
s/^cvt\.rmi\.f..\.f.. (.*), (.*);/\1 = floor(\2);/
s/^cvt\.rpi\.f..\.f.. (.*), (.*);/\1 = ceil(\2);/
s/^cvt\.f64\.f32 (.*), (.*);/\1 = \2;/
s/^cvt\.rn\.f32\.f64 (.*), (.*);/\1 = (float)\2;/
s/^ld\.global\.f64 (.*), \[(.*)\];/\1 = *(double *)\2;/
s/^ld\.global\.f32 (.*), \[(.*)\];/\1 = *(float *)\2;/
s/^st\.global\.f64 \[(.*)\], (.*);/*(double *)\1 = \2;/
s/^st\.global\.f32 \[(.*)\], (.*);/*(float *)\1 = \2;/
s/^ld\.global\.v2\.f64 \{(.*), (.*)\}, \[(.*)\];/{ double2 v = *(double2 *)\3; \1 = v.x; \2 = v.y; }/
s/^st\.global\.v2\.f64 \[(.*)\], \{(.*), (.*)\};/{ double2 v = {\2, \3}; *(double2 *)\1 = v; }/
s/^ld\.global\.v4\.f32 \{(.*), (.*), (.*), (.*)\}, \[(.*)\];/{ float4 v = *(float4 *)\5; \1 = v.x; \2 = v.y; \3 = v.z; \4 = v.w; }/
s/^st\.global\.v4\.f32 \[(.*)\], \{(.*), (.*), (.*), (.*)\};/{ float4 v = {\2, \3, \4, \5}; *(float4 *)\1 = v; }/
