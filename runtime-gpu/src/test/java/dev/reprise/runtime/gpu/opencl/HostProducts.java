package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.gpu.Backend;
import dev.reprise.runtime.gpu.GeneralProduct;
import dev.reprise.runtime.gpu.Products;
import dev.reprise.runtime.gpu.SelfProduct;
import dev.reprise.runtime.gpu.StoredMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** A library for products that computes on the host, cell by cell as the interface says. */
final class HostProducts implements Products {
  private final Backend backend;
  private final List<String> calls;

  /**
   * @param calls gets the name of every method that computes
   */
  HostProducts(Backend backend, List<String> calls) {
    this.backend = backend;
    this.calls = calls;
  }

  /** The end of a buffer. */
  private record Part(DeviceBuffer whole, long fromByte) implements DeviceBuffer {
    @Override
    public long bytes() {
      return whole.bytes() - fromByte;
    }

    @Override
    public void release() {
      throw new AssertionError("a part of a buffer is not released");
    }
  }

  /** Cells of a matrix on the host, with a leading dimension. */
  private record Cells(MemorySegment segment, long from, Precision precision, long leading) {
    double get(long i, long j) {
      long at = from + (i * leading + j) * precision.bytesPerCell();
      return precision == Precision.FP64
          ? segment.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at)
          : segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
    }

    void set(long i, long j, double value) {
      long at = from + (i * leading + j) * precision.bytesPerCell();
      if (precision == Precision.FP64) {
        segment.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, at, value);
      } else {
        segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, (float) value);
      }
    }
  }

  private Cells read(Arena arena, StoredMatrix matrix, Precision precision) {
    DeviceBuffer buffer = matrix.buffer();
    DeviceBuffer whole = buffer instanceof Part part ? part.whole() : buffer;
    MemorySegment cells = arena.allocate(whole.bytes(), 64);
    backend.read(whole, cells, whole.bytes());
    return new Cells(
        cells, buffer instanceof Part part ? part.fromByte() : 0, precision, matrix.stride());
  }

  private void write(Cells cells, StoredMatrix matrix) {
    DeviceBuffer buffer = matrix.buffer();
    DeviceBuffer whole = buffer instanceof Part part ? part.whole() : buffer;
    backend.upload(cells.segment(), whole, whole.bytes());
    Mark mark = backend.mark();
    mark.await();
    mark.release();
  }

  @Override
  public DeviceBuffer part(DeviceBuffer buffer, long fromByte) {
    return new Part(buffer, fromByte);
  }

  @Override
  public boolean gemm(GeneralProduct product) {
    calls.add("gemm");
    boolean transA = product.a().isTransposed();
    boolean transB = product.b().isTransposed();
    try (Arena arena = Arena.ofConfined()) {
      Cells left = read(arena, product.a(), product.precision());
      Cells right = read(arena, product.b(), product.precision());
      Cells out = read(arena, product.c(), product.precision());
      for (long i = 0; i < product.m(); i++) {
        for (long j = 0; j < product.n(); j++) {
          double sum = 0;
          for (long l = 0; l < product.k(); l++) {
            double cell = transA ? left.get(l, i) : left.get(i, l);
            sum += cell * (transB ? right.get(j, l) : right.get(l, j));
          }
          out.set(i, j, scaled(product.alpha(), sum, product.beta(), out.get(i, j)));
        }
      }
      write(out, product.c());
    }
    return true;
  }

  @Override
  public boolean syrk(SelfProduct product) {
    calls.add("syrk");
    boolean transA = product.a().isTransposed();
    try (Arena arena = Arena.ofConfined()) {
      Cells x = read(arena, product.a(), product.precision());
      Cells out = read(arena, product.c(), product.precision());
      for (long i = 0; i < product.n(); i++) {
        for (long j = i; j < product.n(); j++) {
          double sum = 0;
          for (long l = 0; l < product.k(); l++) {
            sum += transA ? x.get(i, l) * x.get(j, l) : x.get(l, i) * x.get(l, j);
          }
          out.set(i, j, scaled(product.alpha(), sum, product.beta(), out.get(i, j)));
        }
      }
      write(out, product.c());
    }
    return true;
  }

  private static double scaled(double alpha, double sum, double beta, double before) {
    return alpha * sum + (beta == 0 ? 0 : beta * before);
  }
}
