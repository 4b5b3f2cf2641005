package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.cell.BlockStep;
import dev.reprise.runtime.cpu.cell.Registers;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Writes several nodes of an expression as one class with one loop:
 *
 * <pre>{@code
 * void run(Registers registers, int n) {
 *   double[] a = registers.doubles[1], b = registers.doubles[2], out = registers.doubles[0];
 *   double s = registers.scalars[0];
 *   for (int i = 0; i < n; i++) {
 *     double t = a[i] - b[i];
 *     out[i] = t * s;
 *   }
 * }
 * }</pre>
 *
 * <p>In fp32 the arrays are floats and so is {@code t}. An operation with a scalar computes in
 * double and rounds, {@code t = (float) (a[i] * s)}; a second loop over floats alone is for scalars
 * that are all floats.
 *
 * <p>The class is hidden: it is gone when nobody holds its only instance any more. Stateless.
 */
final class LoopGenerator {
  private static final ClassDesc STEP = ClassDesc.of(BlockStep.class.getName());
  private static final ClassDesc REGISTERS = ClassDesc.of(Registers.class.getName());
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(ConstantDescs.CD_void, REGISTERS, ConstantDescs.CD_int);
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  /**
   * Makes the step of a group of nodes.
   *
   * @param members node numbers in the order of computing; the last one's value is stored
   * @param place register of an operand that is no member, or the number of a scalar
   * @param out register of the result
   */
  BlockStep generate(
      FusedExpression expression, List<Integer> members, IntUnaryOperator place, int out) {
    ClassDesc self = ClassDesc.of(LoopGenerator.class.getPackageName(), "GeneratedLoop");
    byte[] bytes =
        ClassFile.of()
            .build(
                self,
                type ->
                    type.withSuperclass(STEP)
                        .withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                        .withMethodBody(
                            ConstantDescs.INIT_NAME,
                            ConstantDescs.MTD_void,
                            ClassFile.ACC_PUBLIC,
                            LoopGenerator::constructor)
                        .withMethodBody(
                            "run",
                            RUN,
                            ClassFile.ACC_PUBLIC,
                            code -> body(expression, members, place, out, code).emit()));
    try {
      MethodHandles.Lookup made = LOOKUP.defineHiddenClass(bytes, true);
      return (BlockStep) made.lookupClass().getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a generated loop cannot be loaded: " + expression, e);
    }
  }

  private static LoopBody body(
      FusedExpression expression,
      List<Integer> members,
      IntUnaryOperator place,
      int out,
      CodeBuilder code) {
    return expression.precision() == Precision.FP32
        ? new FloatLoopBody(expression, members, place, out, code)
        : new DoubleLoopBody(expression, members, place, out, code);
  }

  private static void constructor(CodeBuilder code) {
    code.aload(0).invokespecial(STEP, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void).return_();
  }
}
