package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Gemm.Block;
import dev.reprise.runtime.operation.Operation;

/**
 * {@code lstm} and its gradient: what the inputs of all steps add to the gates is one product; then
 * each step is a product with the outputs before and one kernel. Gradients likewise.
 */
final class Lstm {
  private Lstm() {}

  /** The sizes of a call, as the processor has them. */
  private record Sizes(long examples, long steps, long features, long units, boolean sequences) {

    /** Null where operands do not fit: the host reports what is wrong. */
    static Sizes of(DeviceOperand[] inputs) {
      if (!(inputs[0] instanceof DeviceMatrix x)
          || !(inputs[1] instanceof DeviceMatrix weights)
          || !(inputs[3] instanceof DeviceMatrix out0)
          || !(inputs[5] instanceof Scalar sequences)
          || sequences.isAbsent()
          || !CellKernels.isNumber(inputs[5])) {
        return null;
      }
      long units = out0.cols();
      long features = weights.rows() - units;
      if (weights.cols() != 4 * units
          || features < 1
          || x.cols() % features != 0
          || x.cols() / features * 4 * units > Integer.MAX_VALUE) {
        return null;
      }
      Sizes sizes =
          new Sizes(x.rows(), x.cols() / features, features, units, sequences.asBoolean());
      return is(inputs[2], 1, 4 * units)
              && is(out0, x.rows(), units)
              && is(inputs[4], x.rows(), units)
          ? sizes
          : null;
    }

    long gates() {
      return 4 * units;
    }

    /** Cells of a step's outputs, or states. */
    long stepCells() {
      return examples * units;
    }

    long outCols() {
      return sequences ? steps * units : units;
    }

    /** Where the weights of the outputs before begin. */
    Block hiddenWeights(KernelCall call) {
      return new Block(call.matrix(1).buffer(), features * gates(), gates());
    }
  }

  private static boolean is(DeviceOperand operand, long rows, long cols) {
    return operand instanceof DeviceMatrix x && x.rows() == rows && x.cols() == cols;
  }

  private static DeviceBuffer scratch(KernelCall call, long cells) {
    return call.scratch(cells * call.precision().bytesPerCell());
  }

  /** [out, c, cache_out, cache_c, cache_ifog]. */
  record Forward() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return Sizes.of(inputs) != null;
    }

    /** What all steps leave; a step reads what the one before has left. */
    private record Caches(DeviceMatrix outputs, DeviceMatrix states, DeviceMatrix gates) {}

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      Sizes sizes = Sizes.of(call.allOperands());
      DeviceMatrix out = call.result(sizes.examples(), sizes.outCols());
      DeviceMatrix c = call.result(sizes.examples(), sizes.units());
      Caches caches =
          new Caches(
              call.result(sizes.steps(), sizes.stepCells()),
              call.result(sizes.steps(), sizes.stepCells()),
              call.result(sizes.steps(), sizes.examples() * sizes.gates()));
      DeviceBuffer input = scratch(call, sizes.examples() * sizes.steps() * sizes.gates());
      DeviceBuffer hidden = scratch(call, sizes.examples() * sizes.gates());
      multiplyInputs(call, sizes, input);
      for (long t = 0; t < sizes.steps(); t++) {
        step(call, sizes, t, caches, input, hidden);
      }
      long last = (sizes.steps() - 1) * sizes.stepCells() * call.precision().bytesPerCell();
      call.backend().copy(caches.states.buffer(), last, c.buffer(), 0, c.bytes());
      if (sizes.sequences()) {
        bringToExamples(call, sizes, caches.outputs, out);
      } else {
        call.backend().copy(caches.outputs.buffer(), last, out.buffer(), 0, out.bytes());
      }
      return new DeviceOperand[] {out, c, caches.outputs, caches.states, caches.gates};
    }

    /** What the inputs of all steps add to the gates. */
    private static void multiplyInputs(KernelCall call, Sizes sizes, DeviceBuffer into) {
      Gemm.multiply(
          call,
          false,
          false,
          sizes.examples() * sizes.steps(),
          sizes.gates(),
          sizes.features(),
          new Block(call.matrix(0).buffer(), 0, sizes.features()),
          Block.all(call.matrix(1)),
          into);
    }

    private static void step(
        KernelCall call,
        Sizes sizes,
        long t,
        Caches caches,
        DeviceBuffer input,
        DeviceBuffer hidden) {
      long n = sizes.examples();
      long units = sizes.units();
      long before = t == 0 ? 0 : (t - 1) * sizes.stepCells();
      Gemm.multiply(
          call,
          false,
          false,
          n,
          sizes.gates(),
          units,
          new Block((t == 0 ? call.matrix(3) : caches.outputs).buffer(), before, units),
          sizes.hiddenWeights(call),
          hidden);
      call.run(
          "lstm/ahead",
          n * units,
          caches.gates.buffer(),
          caches.states.buffer(),
          caches.outputs.buffer(),
          input,
          hidden,
          call.matrix(2).buffer(),
          (t == 0 ? call.matrix(4) : caches.states).buffer(),
          before,
          t,
          sizes.steps(),
          n,
          units);
    }

    /** From steps of examples to examples of steps. */
    private static void bringToExamples(
        KernelCall call, Sizes sizes, DeviceMatrix outputs, DeviceMatrix out) {
      call.run(
          "patches/by_image",
          out.cells(),
          out.buffer(),
          0L,
          out.cols(),
          outputs.buffer(),
          sizes.examples(),
          sizes.steps(),
          sizes.units());
    }
  }

  /** [dX, dW, db, dout0, dc0]. */
  record Gradient() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      Sizes sizes = Sizes.of(inputs);
      return sizes != null
          && is(inputs[6], sizes.examples(), sizes.outCols())
          && is(inputs[7], sizes.examples(), sizes.units())
          && is(inputs[8], sizes.steps(), sizes.stepCells())
          && is(inputs[9], sizes.steps(), sizes.stepCells())
          && is(inputs[10], sizes.steps(), 4 * sizes.stepCells());
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      Sizes sizes = Sizes.of(call.allOperands());
      DeviceMatrix dx = call.result(call.matrix(0).rows(), call.matrix(0).cols());
      DeviceMatrix dw = call.result(call.matrix(1).rows(), call.matrix(1).cols());
      DeviceMatrix db = call.result(1, sizes.gates());
      DeviceMatrix dhidden = call.result(sizes.examples(), sizes.units());
      DeviceMatrix dstate = call.result(sizes.examples(), sizes.units());
      DeviceBuffer dgates = scratch(call, sizes.examples() * sizes.steps() * sizes.gates());
      backThroughSteps(call, sizes, dgates, dhidden, dstate);
      gradients(call, sizes, dgates, dx, dw, db);
      return new DeviceOperand[] {dx, dw, db, dhidden, dstate};
    }

    private static void backThroughSteps(
        KernelCall call,
        Sizes sizes,
        DeviceBuffer dgates,
        DeviceMatrix dhidden,
        DeviceMatrix dstate) {
      long n = sizes.examples();
      long steps = sizes.steps();
      long units = sizes.units();
      call.backend().zero(dhidden.buffer(), dhidden.bytes());
      call.backend().copy(call.matrix(7).buffer(), 0, dstate.buffer(), 0, dstate.bytes());
      for (long t = steps - 1; t >= 0; t--) {
        boolean isShown = sizes.sequences() || t == steps - 1;
        call.run(
            "lstm/back",
            n * units,
            dgates,
            dstate.buffer(),
            dhidden.buffer(),
            call.matrix(6).buffer(),
            isShown ? sizes.outCols() : 0L,
            sizes.sequences() ? t * units : 0L,
            call.matrix(10).buffer(),
            call.matrix(9).buffer(),
            t == 0 ? call.matrix(4).buffer() : call.matrix(9).buffer(),
            t == 0 ? 0L : (t - 1) * sizes.stepCells(),
            t,
            steps,
            n,
            units);
        Gemm.multiply(
            call,
            false,
            true,
            n,
            units,
            sizes.gates(),
            new Block(dgates, t * sizes.gates(), steps * sizes.gates()),
            sizes.hiddenWeights(call),
            dhidden.buffer());
      }
    }

    private static void gradients(
        KernelCall call,
        Sizes sizes,
        DeviceBuffer dgates,
        DeviceMatrix dx,
        DeviceMatrix dw,
        DeviceMatrix db) {
      long rows = sizes.examples() * sizes.steps();
      Block all = new Block(dgates, 0, sizes.gates());
      Gemm.multiply(
          call,
          false,
          true,
          rows,
          sizes.features(),
          sizes.gates(),
          all,
          Block.all(call.matrix(1)),
          dx.buffer());
      // The weights of the inputs come first.
      Block x = new Block(call.matrix(0).buffer(), 0, sizes.features());
      multiplyByGates(call, sizes, sizes.features(), x, all, dw.buffer());
      hiddenWeights(call, sizes, all, dw);
      Fold.SUM.columns(
          call,
          FoldSource.of(dgates),
          rows,
          sizes.gates(),
          null,
          new Fold.Target(db.buffer(), false));
    }

    /** The gradient of the weights of the outputs before, which come last. */
    private static void hiddenWeights(KernelCall call, Sizes sizes, Block dgates, DeviceMatrix dw) {
      long cells = sizes.examples() * sizes.steps() * sizes.units();
      DeviceBuffer before = scratch(call, cells);
      call.run(
          "lstm/shifted",
          cells,
          before,
          call.matrix(3).buffer(),
          call.matrix(8).buffer(),
          sizes.steps(),
          sizes.examples(),
          sizes.units());
      DeviceBuffer part = scratch(call, sizes.units() * sizes.gates());
      Block outputs = new Block(before, 0, sizes.units());
      multiplyByGates(call, sizes, sizes.units(), outputs, dgates, part);
      long rowBytes = sizes.gates() * call.precision().bytesPerCell();
      call.backend()
          .copy(part, 0, dw.buffer(), sizes.features() * rowBytes, sizes.units() * rowBytes);
    }

    /** The sums over all steps and examples of what is given times the gradients of the gates. */
    private static void multiplyByGates(
        KernelCall call, Sizes sizes, long cols, Block factor, Block dgates, DeviceBuffer into) {
      long rows = sizes.examples() * sizes.steps();
      Gemm.multiply(call, true, false, cols, sizes.gates(), rows, factor, dgates, into);
    }
  }
}
