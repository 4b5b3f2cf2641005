package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.FewCells;
import dev.reprise.runtime.cpu.cell.MachineCells.Form;
import dev.reprise.runtime.cpu.frame.FrameCompare;
import dev.reprise.runtime.cpu.frame.FrameShape;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.Shapes;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/**
 * Combines two operands cell by cell. Either may be a scalar; of two matrices one may be a row
 * vector, a column vector or 1x1 and is then repeated over the other, and a column with a row makes
 * all pairs.
 */
final class BinaryKernel implements FewCells {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  private final String opcode;
  private final DirectOperators loops;
  private final ScalarBinary scalars;
  private final MachineCells.Source code;
  private final DenseCells cells;

  BinaryKernel(String opcode, DirectOperators loops, DenseCells cells) {
    this.opcode = opcode;
    this.loops = loops;
    this.code = new MachineCells.Source(Precision.FP64, opcode);
    this.scalars = ScalarFunctions.binary(opcode);
    this.cells = cells;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    return new Operand[] {combine(operation, inputs, context)};
  }

  @Override
  public Operand runFew(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (inputs[0] instanceof DenseMatrix x) {
      return inputs[1] instanceof DenseMatrix y
          ? fewOfMatrices(x, y, context)
          : fewAndNumber(x, number((Scalar) inputs[1]), context);
    }
    double number = number((Scalar) inputs[0]);
    return code.runFew(Form.NUMBER_AND_MATRIX, (DenseMatrix) inputs[1], null, number, context);
  }

  private DenseMatrix fewOfMatrices(DenseMatrix x, DenseMatrix y, ExecutionContext context) {
    boolean haveOneShape = x.rows() == y.rows() && x.cols() == y.cols();
    return haveOneShape ? code.runFew(Form.MATRICES, x, y, 0, context) : null;
  }

  private DenseMatrix fewAndNumber(DenseMatrix x, double number, ExecutionContext context) {
    MachineCells.Source alone = code.with(number);
    return alone == null
        ? code.runFew(Form.MATRIX_AND_NUMBER, x, null, number, context)
        : alone.runFew(Form.MATRIX, x, null, 0, context);
  }

  private Operand combine(Operation operation, Operand[] inputs, ExecutionContext context) {
    if (FrameShape.isFrame(inputs) && COMPARISONS.contains(opcode)) {
      return FrameCompare.compare(opcode, inputs[0], inputs[1]);
    }
    if (inputs[0] instanceof Scalar left) {
      return inputs[1] instanceof Scalar right
          ? scalars.apply(left, right)
          : scalarMatrix(number(left), Arguments.matrix(operation, inputs, 1), context);
    }
    DenseMatrix a = Arguments.matrix(operation, inputs, 0);
    return inputs[1] instanceof Scalar right
        ? matrixScalar(a, number(right), context)
        : matrices(a, Arguments.matrix(operation, inputs, 1), context);
  }

  private double number(Scalar scalar) {
    if (scalar.type() == ValueType.STRING) {
      throw new OperandException(
          "'"
              + Operation.scriptName(opcode)
              + "' needs numbers, but got the text \""
              + scalar.asString()
              + "\" beside a matrix"
              + (opcode.equals("+") ? "; toString(X) is the text of a matrix" : ""));
    }
    return scalar.asDouble();
  }

  private DenseMatrix matrices(DenseMatrix a, DenseMatrix b, ExecutionContext context) {
    if (a.rows() == b.rows() && a.cols() == b.cols()) {
      return sameShape(a, b, context);
    }
    Shape shape = Shapes.cellwise(opcode, a.shape(), b.shape());
    boolean vectorOnLeft = !shape.equals(a.shape());
    DenseMatrix vector = vectorOnLeft ? a : b;
    if (vector.rows() == 1 && vector.cols() == 1) {
      return vectorOnLeft
          ? scalarMatrix(a.get(0, 0), b, context)
          : matrixScalar(a, b.get(0, 0), context);
    }
    DenseMatrix out = DenseMatrix.allocate(context.allocator(), shape.rows(), shape.cols());
    BinaryLoop loop = loops.over(out.cells());
    DenseMatrix full = vectorOnLeft ? b : a;
    boolean arePairs = !shape.equals(full.shape());
    VectorBroadcast broadcast =
        arePairs
            ? VectorBroadcast.ofPairs(loop, a, b, out)
            : new VectorBroadcast(loop, full, vector, vectorOnLeft, out);
    broadcast.run(
        arePairs
            ? CellRange.ofPairs(code, a, b)
            : CellRange.ofRepeated(code, full, vector, vectorOnLeft),
        cells.parallel(),
        context,
        cells.chunk(out.cells()));
    return out;
  }

  private DenseMatrix sameShape(DenseMatrix a, DenseMatrix b, ExecutionContext context) {
    BinaryLoop loop = loops.over(a.cells());
    MemorySegment x = a.segment();
    MemorySegment y = b.segment();
    return cells.make(
        a,
        CellRange.of(code, a, b),
        (out, at, n) -> loop.segments(x, at, y, at, out, at, n),
        context);
  }

  private DenseMatrix matrixScalar(DenseMatrix a, double b, ExecutionContext context) {
    BinaryLoop loop = loops.over(a.cells());
    MemorySegment x = a.segment();
    return cells.make(
        a,
        CellRange.of(code, a, b),
        (out, at, n) -> loop.segmentScalar(x, at, b, out, at, n),
        context);
  }

  private DenseMatrix scalarMatrix(double a, DenseMatrix b, ExecutionContext context) {
    BinaryLoop loop = loops.over(b.cells());
    MemorySegment y = b.segment();
    return cells.make(
        b,
        CellRange.of(code, a, b),
        (out, at, n) -> loop.scalarSegment(a, y, at, out, at, n),
        context);
  }
}
