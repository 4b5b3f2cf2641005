package dev.reprise.runtime.gpu;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.accelerator.AcceleratorProvider.Candidate;
import dev.reprise.runtime.accelerator.AcceleratorProvider.Discovery;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.runtime.operation.Parameter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Measures kernels of one device by the device's own clock: products beside the maker's library,
 * element-wise operations and aggregates beside a copy within the device, convolutions in each way.
 * Prints JSON, also of a part when it is told to stop or something fails. A program, not a test:
 * {@code ci/gpu} runs it.
 *
 * <p>Each number is the median of repetitions, each between two marks, after three that do not
 * count. Bytes are those that must be read and written once.
 */
public final class KernelBenchmark {
  private static final int WARMING = 3;
  private static final int REPETITIONS = 11;

  private final KernelAccelerator device;
  private final Precision precision;
  private final SplittableRandom random = new SplittableRandom(1);
  private final List<String> rows;
  private double copyBytesPerSecond;

  private KernelBenchmark(KernelAccelerator device, Precision precision, List<String> rows) {
    this.device = device;
    this.precision = precision;
    this.rows = rows;
  }

  /** Takes the device's name. */
  public static void main(String[] words) throws Exception {
    String name = words.length > 0 ? words[0] : "cuda:0";
    Path natives = Files.createTempDirectory("reprise-natives-");
    Candidate candidate = find(name, natives);
    if (candidate == null) {
      System.err.println("KernelBenchmark: there is no device " + name);
      System.exit(3);
    }
    try (KernelAccelerator device = (KernelAccelerator) candidate.open()) {
      AcceleratorInfo info = device.info();
      boolean isSmall = info.isProcessor() || info.memoryBytes() < 8L << 30;
      List<String> rows = Collections.synchronizedList(new ArrayList<>());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> print(info, rows)));
      for (Precision precision : Precision.values()) {
        if (precision == Precision.FP32 || info.hasDoubles()) {
          new KernelBenchmark(device, precision, rows).measure(isSmall);
        }
      }
    }
  }

  private static void print(AcceleratorInfo info, List<String> rows) {
    List<String> all;
    synchronized (rows) {
      all = List.copyOf(rows);
    }
    System.out.println("{\"device\": " + text(info.name()) + ",");
    System.out.println(" \"product\": " + text(info.product()) + ",");
    System.out.println(" \"driver\": " + text(info.driver()) + ",");
    System.out.println(" \"memoryBytes\": " + info.memoryBytes() + ",");
    System.out.println(" \"isProcessor\": " + info.isProcessor() + ",");
    System.out.println(" \"kernels\": [\n  " + String.join(",\n  ", all) + "]}");
  }

  private static Candidate find(String name, Path natives) {
    for (AcceleratorProvider provider : ServiceLoader.load(AcceleratorProvider.class)) {
      Discovery discovery = provider.discover(natives);
      for (Candidate candidate : discovery.found()) {
        if (candidate.info().name().equals(name)) {
          return candidate;
        }
      }
      discovery.absences().forEach(System.err::println);
    }
    return null;
  }

  private void measure(boolean isSmall) {
    long side = isSmall ? 1024 : 16384;
    measureCopy(side);
    measureTransfers(isSmall ? 1L << 23 : 1L << 28);
    DeviceMatrix x = matrix(side, side);
    DeviceMatrix y = matrix(side, side);
    DeviceMatrix row = matrix(1, side);
    DeviceMatrix col = matrix(side, 1);
    long cell = precision.bytesPerCell();
    long bytes = side * side * cell;
    for (String opcode : List.of("+", "*", "<")) {
      moves(opcode, "two matrices", 3 * bytes, opcode, x, y);
    }
    moves("+", "matrix and row", 2 * bytes, "+", x, row);
    moves("+", "matrix and column", 2 * bytes, "+", x, col);
    moves("*", "matrix and number", 2 * bytes, "*", x, Scalar.of(3.0));
    for (String opcode : List.of("sqrt", "exp", "sigmoid", "t")) {
      moves(opcode, "matrix", 2 * bytes, opcode, x);
    }
    for (String opcode :
        List.of("sum", "min", "var", "rowSums", "colSums", "rowIndexMax", "colMaxs")) {
      moves(opcode, "matrix", bytes, opcode, x);
    }
    for (DeviceMatrix each : List.of(x, y, row, col)) {
      each.buffer().release();
    }
    for (long n : isSmall ? new long[] {256, 512} : new long[] {1024, 4096, 8192}) {
      measureProducts(n);
    }
    new ConvolutionBenchmark(this, device, rows).measure(isSmall);
    device.trim();
  }

  private void measureCopy(long side) {
    long bytes = side * side * precision.bytesPerCell();
    DeviceBuffer from = matrix(side, side).buffer();
    DeviceBuffer to = device.allocate(bytes);
    double seconds =
        seconds(() -> {
          device.backend().copy(from, 0, to, 0, bytes);
          return null;
        });
    from.release();
    to.release();
    copyBytesPerSecond = 2.0 * bytes / seconds;
    rows.add(row("copy", "within the device", seconds, "GB/s", copyBytesPerSecond / 1e9, null, 0));
  }

  /** By the host's clock: that is what a program waits for. */
  private void measureTransfers(long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(bytes, 64);
      host.fill((byte) 1);
      DeviceBuffer buffer = device.allocate(bytes);
      double[] up = new double[REPETITIONS];
      double[] down = new double[REPETITIONS];
      for (int i = 0; i < REPETITIONS; i++) {
        long start = System.nanoTime();
        device.upload(host, buffer, bytes);
        nanos();
        up[i] = (System.nanoTime() - start) / 1e9;
        start = System.nanoTime();
        device.download(buffer, host, bytes);
        down[i] = (System.nanoTime() - start) / 1e9;
      }
      buffer.release();
      addTransfer("upload", median(up), bytes);
      addTransfer("download", median(down), bytes);
    }
  }

  private void addTransfer(String name, double seconds, long bytes) {
    rows.add(row(name, bytes + " bytes", seconds, "GB/s", bytes / seconds / 1e9, null, 0));
  }

  private void moves(String name, String shape, long bytes, String opcode, DeviceOperand... in) {
    Supplier<DeviceOperand[]> launch = launch(opcode, in);
    if (launch == null) {
      return;
    }
    double seconds = seconds(launch);
    double perSecond = bytes / seconds;
    rows.add(
        row(
            name,
            shape,
            seconds,
            "GB/s",
            perSecond / 1e9,
            "ofCopy",
            perSecond / copyBytesPerSecond));
  }

  private void measureProducts(long n) {
    DeviceMatrix a = matrix(n, n);
    DeviceMatrix b = matrix(n, n);
    double flops = 2.0 * n * n * n;
    String shape = n + "x" + n + "x" + n;
    double ours = seconds(launch("matmul", a, b));
    Products library = device.backend().products();
    if (library == null) {
      rows.add(row("matmul", shape, ours, "GFLOP/s", flops / ours / 1e9, null, 0));
    } else {
      DeviceBuffer c = device.allocate(n * n * precision.bytesPerCell());
      GeneralProduct product =
          new GeneralProduct(
              precision,
              ProductPrecision.FULL,
              n,
              n,
              n,
              1,
              StoredMatrix.ofRows(a.buffer(), n),
              StoredMatrix.ofRows(b.buffer(), n),
              0,
              StoredMatrix.ofRows(c, n));
      double direct =
          seconds(() -> {
            library.gemm(product);
            return null;
          });
      c.release();
      rows.add(
          row("gemm", shape + " by the library", direct, "GFLOP/s", flops / direct / 1e9, null, 0));
      rows.add(
          row("matmul", shape, ours, "GFLOP/s", flops / ours / 1e9, "ofLibrary", direct / ours));
    }
    Supplier<DeviceOperand[]> self = launch("tsmm", a);
    if (self != null) {
      double seconds = seconds(self);
      rows.add(row("tsmm", shape, seconds, "GFLOP/s", flops / seconds / 1e9, null, 0));
    }
    a.buffer().release();
    b.buffer().release();
  }

  DeviceMatrix matrix(long matrixRows, long cols) {
    DeviceMatrix described = new DeviceMatrix(matrixRows, cols, precision, null);
    DeviceBuffer buffer = device.allocate(described.bytes());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cells = arena.allocate(described.bytes(), 64);
      for (long i = 0; i < described.cells(); i++) {
        // Not zeros: on them chips save power and run faster.
        double value = random.nextDouble() - 0.5;
        if (precision == Precision.FP64) {
          cells.setAtIndex(ValueLayout.JAVA_DOUBLE, i, value);
        } else {
          cells.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
        }
      }
      device.upload(cells, buffer, described.bytes());
      nanos();
    }
    return new DeviceMatrix(matrixRows, cols, precision, buffer);
  }

  /** Null when the device has no such kernel. */
  private Supplier<DeviceOperand[]> launch(String opcode, DeviceOperand... given) {
    return launch(device, opcode, given);
  }

  /** As {@link #launch}, with the kernels that an accelerator on the same device has. */
  Supplier<DeviceOperand[]> launch(
      KernelAccelerator accelerator, String opcode, DeviceOperand... given) {
    Operation operation =
        new Operation(OperationTable.standard().get(opcode)).withPrecision(precision);
    List<DeviceOperand> all = new ArrayList<>(List.of(given));
    List<Parameter> parameters = operation.opcode().parameters();
    for (int i = given.length; i < parameters.size(); i++) {
      if (!(parameters.get(i).defaultValue() instanceof Scalar scalar)) {
        return null;
      }
      all.add(scalar);
    }
    DeviceOperand[] inputs = all.toArray(new DeviceOperand[0]);
    return accelerator.supports(operation, inputs)
        ? () -> accelerator.launch(operation, inputs, device::allocate)
        : null;
  }

  double seconds(Supplier<DeviceOperand[]> work) {
    double[] times = new double[REPETITIONS];
    for (int i = -WARMING; i < REPETITIONS; i++) {
      DeviceOperand[] outputs = work.get();
      double seconds = nanos() / 1e9;
      if (i >= 0) {
        times[i] = seconds;
      }
      for (DeviceOperand output : outputs == null ? new DeviceOperand[0] : outputs) {
        if (output instanceof DeviceMatrix matrix) {
          matrix.buffer().release();
        }
      }
    }
    return median(times);
  }

  private long nanos() {
    Mark mark = device.mark();
    mark.await();
    long nanos = mark.nanos();
    mark.release();
    return nanos;
  }

  private static double median(double[] times) {
    Arrays.sort(times);
    return times[times.length / 2];
  }

  String row(
      String name,
      String shape,
      double seconds,
      String unit,
      double rate,
      String share,
      double ofIt) {
    return String.format(
        Locale.ROOT,
        "{\"kernel\": %s, \"shape\": %s, \"precision\": \"%s\", \"seconds\": %.9f, \"%s\": %.2f%s}",
        text(name),
        text(shape),
        precision == Precision.FP64 ? "fp64" : "fp32",
        seconds,
        unit,
        rate,
        share == null ? "" : String.format(Locale.ROOT, ", \"%s\": %.3f", share, ofIt));
  }

  private static String text(String value) {
    return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
