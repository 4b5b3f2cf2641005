package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.cpu.cell.BlockStep;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Writes several nodes of an expression as one class with one loop:
 *
 * <pre>
 *   void run(double[][] registers, double[] scalars, int n) {
 *     double[] a = registers[1], b = registers[2], out = registers[0];
 *     double s = scalars[0];
 *     for (int i = 0; i < n; i++) {
 *       double t = a[i] - b[i];
 *       out[i] = t * s;
 *     }
 *   }
 * </pre>
 *
 * <p>The class is hidden: it is gone when nobody holds its only instance any more. Stateless.
 */
final class LoopGenerator {
  private static final ClassDesc STEP = ClassDesc.of(BlockStep.class.getName());
  private static final ClassDesc CELLS = ConstantDescs.CD_double.arrayType();
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(ConstantDescs.CD_void, CELLS.arrayType(), CELLS, ConstantDescs.CD_int);
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
                            code -> new Body(expression, members, place, out, code).emit()));
    try {
      MethodHandles.Lookup made = LOOKUP.defineHiddenClass(bytes, true);
      return (BlockStep) made.lookupClass().getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a generated loop cannot be loaded: " + expression, e);
    }
  }

  private static void constructor(CodeBuilder code) {
    code.aload(0).invokespecial(STEP, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void).return_();
  }

  private static final class Body {
    private static final int REGISTERS = 1;
    private static final int SCALARS = 2;
    private static final int COUNT = 3;
    private static final int INDEX = 4;

    private final FusedExpression expression;
    private final List<Integer> members;
    private final IntUnaryOperator place;
    private final int out;
    private final CodeBuilder code;

    /** Local variables of arrays by register, of scalars by number, of values by node. */
    private final Map<Integer, Integer> arrays = new HashMap<>();

    private final Map<Integer, Integer> scalars = new HashMap<>();
    private final Map<Integer, Integer> values = new HashMap<>();
    private int nextLocal = INDEX + 1;

    Body(
        FusedExpression expression,
        List<Integer> members,
        IntUnaryOperator place,
        int out,
        CodeBuilder code) {
      this.expression = expression;
      this.members = members;
      this.place = place;
      this.out = out;
      this.code = code;
    }

    void emit() {
      members.forEach(this::loadOperands);
      loadArray(out);
      Label test = code.newLabel();
      Label body = code.newLabel();
      code.iconst_0().istore(INDEX).goto_(test).labelBinding(body);
      int last = members.getLast();
      for (int node : members) {
        if (node == last) {
          code.aload(arrays.get(out)).iload(INDEX);
        }
        for (int i = 0; i < expression.operation(node).arity(); i++) {
          push(expression.operand(node, i));
        }
        CellCode.emit(expression.operation(node).opcode(), code);
        if (node != last) {
          values.put(node, nextLocal);
          code.dstore(nextLocal);
          nextLocal += 2;
        }
      }
      code.dastore().iinc(INDEX, 1).labelBinding(test);
      code.iload(INDEX).iload(COUNT).if_icmplt(body).return_();
    }

    private void loadOperands(int node) {
      for (int i = 0; i < expression.operation(node).arity(); i++) {
        int operand = expression.operand(node, i);
        if (expression.isScalar(operand)) {
          loadScalar(place.applyAsInt(operand));
        } else if (!isMember(operand)) {
          loadArray(place.applyAsInt(operand));
        }
      }
    }

    private boolean isMember(int operand) {
      return operand < 0 && members.contains(~operand);
    }

    private void loadArray(int register) {
      if (arrays.putIfAbsent(register, nextLocal) == null) {
        code.aload(REGISTERS).loadConstant(register).aaload().astore(nextLocal++);
      }
    }

    private void loadScalar(int scalar) {
      if (scalars.putIfAbsent(scalar, nextLocal) == null) {
        code.aload(SCALARS).loadConstant(scalar).daload().dstore(nextLocal);
        nextLocal += 2;
      }
    }

    private void push(int operand) {
      if (isMember(operand)) {
        code.dload(values.get(~operand));
      } else if (expression.isScalar(operand)) {
        code.dload(scalars.get(place.applyAsInt(operand)));
      } else {
        code.aload(arrays.get(place.applyAsInt(operand))).iload(INDEX).daload();
      }
    }
  }
}
