package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import java.util.Arrays;

/**
 * Something that a {@link Backend} was asked to launch, written down: what it is, which is the same
 * in each iteration of a loop, and its arguments, which may differ. Immutable.
 */
public final class Launch {
  /** The call of the backend or of its library. */
  public enum Kind {
    /** {@link Backend#run}; the size is the number of items. */
    ITEMS,
    /** {@link Backend#runGroups}; the size is the number of groups. */
    GROUPS,
    COPY,
    ZERO,
    GEMM,
    SYRK
  }

  private final Kind kind;

  /** File and name of the kernel, or its name among those made at run time; null for the rest. */
  private final String kernel;

  private final GeneratedKernels generated;
  private final Precision precision;
  private final long size;
  private final int groupSize;

  /** Of a product: the product, without its buffers. */
  private final Object[] fixed;

  private final Object[] arguments;

  private Launch(
      Kind kind,
      String kernel,
      GeneratedKernels generated,
      Precision precision,
      long size,
      int groupSize,
      Object[] fixed,
      Object[] arguments) {
    this.kind = kind;
    this.kernel = kernel;
    this.generated = generated;
    this.precision = precision;
    this.size = size;
    this.groupSize = groupSize;
    this.fixed = fixed;
    this.arguments = arguments;
  }

  private static final Object[] NONE = {};

  static Launch items(
      GeneratedKernels generated,
      String kernel,
      Precision precision,
      long items,
      Object[] arguments) {
    return new Launch(Kind.ITEMS, kernel, generated, precision, items, 0, NONE, arguments);
  }

  static Launch groups(
      GeneratedKernels generated,
      String kernel,
      Precision precision,
      long groups,
      int groupSize,
      Object[] arguments) {
    return new Launch(
        Kind.GROUPS, kernel, generated, precision, groups, groupSize, NONE, arguments);
  }

  static Launch copy(DeviceBuffer from, long fromByte, DeviceBuffer to, long toByte, long bytes) {
    return new Launch(
        Kind.COPY, null, null, null, bytes, 0, NONE, new Object[] {from, fromByte, to, toByte});
  }

  static Launch zero(DeviceBuffer buffer, long bytes) {
    return new Launch(Kind.ZERO, null, null, null, bytes, 0, NONE, new Object[] {buffer});
  }

  /** {@link Products#gemm}; its arguments are the buffers. */
  static Launch gemm(GeneralProduct product) {
    return new Launch(
        Kind.GEMM,
        null,
        null,
        product.precision(),
        product.m(),
        0,
        new Object[] {product.in(null, null, null)},
        new Object[] {product.a().buffer(), product.b().buffer(), product.c().buffer()});
  }

  /** Likewise {@link Products#syrk}. */
  static Launch syrk(SelfProduct product) {
    return new Launch(
        Kind.SYRK,
        null,
        null,
        product.precision(),
        product.n(),
        0,
        new Object[] {product.in(null, null)},
        new Object[] {product.a().buffer(), product.c().buffer()});
  }

  public Kind kind() {
    return kind;
  }

  /** File and name of the kernel, or its name among {@link #generated}; null for the rest. */
  public String kernel() {
    return kernel;
  }

  /** The kernels made at run time that the kernel is of, or null. */
  public GeneratedKernels generated() {
    return generated;
  }

  public Precision precision() {
    return precision;
  }

  /** Items, groups or bytes; see {@link Kind}. */
  public long size() {
    return size;
  }

  /** Threads of a group; of {@link Kind#GROUPS} alone. */
  public int groupSize() {
    return groupSize;
  }

  /** Arguments as {@link Backend} takes them; not to be changed. */
  public Object[] arguments() {
    return arguments;
  }

  /** True when the other one differs in its arguments at most, whose kinds are the same. */
  boolean isLike(Launch other) {
    if (kind != other.kind
        || size != other.size
        || groupSize != other.groupSize
        || precision != other.precision
        || arguments.length != other.arguments.length
        || !java.util.Objects.equals(kernel, other.kernel)
        || !java.util.Objects.equals(generated, other.generated)
        || !Arrays.equals(fixed, other.fixed)) {
      return false;
    }
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] instanceof DeviceBuffer != other.arguments[i] instanceof DeviceBuffer
          || !(arguments[i] instanceof DeviceBuffer)
              && arguments[i].getClass() != other.arguments[i].getClass()) {
        return false;
      }
    }
    return true;
  }

  /** True when the arguments are the same: buffers are, when they are the same object or part. */
  public boolean hasArgumentsOf(Launch other) {
    return Arrays.equals(arguments, other.arguments);
  }

  /** Launches it. */
  public void issue(Backend backend) {
    switch (kind) {
      case ITEMS -> {
        if (generated == null) {
          backend.run(kernel, precision, size, arguments);
        } else {
          backend.run(generated, kernel, precision, size, arguments);
        }
      }
      case GROUPS -> {
        if (generated == null) {
          backend.runGroups(kernel, precision, size, groupSize, arguments);
        } else {
          backend.runGroups(generated, kernel, precision, size, groupSize, arguments);
        }
      }
      case COPY ->
          backend.copy(buffer(0), (Long) arguments[1], buffer(2), (Long) arguments[3], size);
      case ZERO -> backend.zero(buffer(0), size);
      case GEMM ->
          backend.products().gemm(((GeneralProduct) fixed[0]).in(buffer(0), buffer(1), buffer(2)));
      case SYRK -> backend.products().syrk(((SelfProduct) fixed[0]).in(buffer(0), buffer(1)));
    }
  }

  private DeviceBuffer buffer(int i) {
    return (DeviceBuffer) arguments[i];
  }

  @Override
  public String toString() {
    return kind + (kernel == null ? "" : " " + kernel) + " " + size;
  }
}
