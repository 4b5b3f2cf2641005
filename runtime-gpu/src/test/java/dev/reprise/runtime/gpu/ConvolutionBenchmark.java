package dev.reprise.runtime.gpu;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.gpu.kernel.ConvolutionWay;
import dev.reprise.runtime.operation.WindowShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The part of {@link KernelBenchmark} for convolutions: as chosen by the estimate, and in each of
 * the ways by itself, so that the estimate's numbers can be judged.
 */
final class ConvolutionBenchmark {
  /** Images N, C, H, W; filters K, R, S; stride; padding. LeNet's layers first. */
  private static final int[][] SHAPES = {
    {32, 1, 28, 28, 32, 5, 5, 1, 2},
    {512, 1, 28, 28, 32, 5, 5, 1, 2},
    {32, 32, 14, 14, 64, 5, 5, 1, 2},
    {512, 32, 14, 14, 64, 5, 5, 1, 2},
    {64, 64, 56, 56, 64, 3, 3, 1, 1},
    {32, 128, 28, 28, 256, 3, 3, 2, 1},
    {32, 512, 7, 7, 512, 3, 3, 1, 1}
  };

  private static final int SMALL_IMAGES = 4;

  private final KernelBenchmark benchmark;
  private final KernelAccelerator device;
  private final List<String> rows;

  ConvolutionBenchmark(KernelBenchmark benchmark, KernelAccelerator device, List<String> rows) {
    this.benchmark = benchmark;
    this.device = device;
    this.rows = rows;
  }

  void measure(boolean isSmall) {
    for (int[] shape : SHAPES) {
      int images = isSmall ? Math.min(shape[0], SMALL_IMAGES) : shape[0];
      if (!isSmall || shape[0] == 512) {
        measure(images, shape);
      }
    }
  }

  private void measure(int images, int[] s) {
    double[] numbers = {images, s[1], s[2], s[3], s[4], s[1], s[5], s[6], s[7], s[7], s[8], s[8]};
    WindowShape shape = WindowShape.of("conv2d", numbers);
    DeviceMatrix x = benchmark.matrix(images, shape.inputCols());
    DeviceMatrix w = benchmark.matrix(shape.filters(), shape.patchCells());
    DeviceMatrix dout = benchmark.matrix(images, shape.outputCols());
    double flops = 2.0 * shape.filters() * shape.patchCells() * shape.images() * shape.outCells();
    String name =
        String.format(
            Locale.ROOT,
            "%dx%dx%dx%d by %dx%dx%d, stride %d",
            images,
            s[1],
            s[2],
            s[3],
            s[4],
            s[5],
            s[6],
            s[7]);
    measure("conv2d", name, flops, numbers, x, w);
    measure("conv2d_backward_filter", name, flops, numbers, x, dout);
    measure("conv2d_backward_data", name, flops, numbers, w, dout);
    for (DeviceMatrix each : List.of(x, w, dout)) {
      each.buffer().release();
    }
  }

  private void measure(
      String opcode, String name, double flops, double[] numbers, DeviceMatrix... matrices) {
    List<DeviceOperand> operands = new ArrayList<>(List.of(matrices));
    for (double number : numbers) {
      operands.add(Scalar.of(number));
    }
    add(opcode, name, flops, device, operands);
    for (ConvolutionWay way : ConvolutionWay.values()) {
      KernelAccelerator alone = new KernelAccelerator(device.backend(), way.alone());
      boolean tooSlow = way == ConvolutionWay.CELLS && numbers[1] > 1;
      boolean barriers = way == ConvolutionWay.TILES && device.info().isProcessor();
      if (!tooSlow && !barriers) {
        add(opcode + " by " + way.name().toLowerCase(Locale.ROOT), name, flops, alone, operands);
      }
    }
  }

  private void add(
      String kernel,
      String name,
      double flops,
      KernelAccelerator accelerator,
      List<DeviceOperand> operands) {
    String opcode = kernel.split(" ")[0];
    Supplier<DeviceOperand[]> launch =
        benchmark.launch(accelerator, opcode, operands.toArray(DeviceOperand[]::new));
    double seconds = benchmark.seconds(launch);
    rows.add(benchmark.row(kernel, name, seconds, "GFLOP/s", flops / seconds / 1e9, null, 0));
  }
}
