package dev.reprise.cache;

/**
 * How a value was computed, as far as its last bits depend on that beyond its lineage. Under {@code
 * --numerics exact} values are found by those only whose tag is the same.
 *
 * @param deviceClass device and version of its kernels; all devices of a class give equal bits
 * @param partition how reductions are cut into parts; ours follows from shapes alone
 * @param rewritten whether it was put together from parts or by a fused reduction
 */
public record ValueTag(String deviceClass, String partition, boolean rewritten) {
  private static final String BY_SHAPE = "by-shape";

  /** The tag of what the kernels of a device class compute from complete operands. */
  public static ValueTag plain(String deviceClass) {
    return new ValueTag(deviceClass, BY_SHAPE, false);
  }

  public ValueTag asRewritten() {
    return new ValueTag(deviceClass, partition, true);
  }
}
