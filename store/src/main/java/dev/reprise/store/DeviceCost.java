package dev.reprise.store;

/**
 * What computing a value took on devices of one class, its inputs given.
 *
 * <p>The first measurement may have loaded kernels and compiled code, and so may that of any later
 * process: one that is less than half of the mean replaces it as long as there were few, and one of
 * more than twice the mean counts as twice. So a single cold measurement moves the mean by half at
 * most, and what has become slower for good is learnt within some measurements.
 *
 * @param device class of the device, as {@code cpu} or {@code cuda:} with the maker's name
 * @param count measurements
 * @param nanos their mean
 */
public record DeviceCost(String device, long count, long nanos) {
  /** Longest name of a class. */
  public static final int LONGEST_DEVICE = 128;

  /** Most measurements that are counted, and nanoseconds that are believed: 13 days. */
  public static final long MOST = 1L << 50;

  /** As many measurements as may be replaced by one that is less than half of their mean. */
  private static final int FEW = 10;

  /** A mean moves by at least this share of a new measurement. */
  private static final double LEAST_WEIGHT = 1.0 / 16;

  /** Checks that it can be true. */
  public DeviceCost {
    if (device.isEmpty() || device.length() > LONGEST_DEVICE) {
      throw new IllegalArgumentException(
          "the name of a device class has 1 to " + LONGEST_DEVICE + " characters");
    }
    if (count < 1 || nanos < 1) {
      throw new IllegalArgumentException("a cost is measured at least once, and takes time");
    }
  }

  /** One measurement. */
  public static DeviceCost measured(String device, long nanos) {
    return new DeviceCost(device, 1, Math.clamp(nanos, 1, MOST));
  }

  /**
   * What becomes of a row of table {@code cost} when others are added to it, in SQL.
   *
   * @param least function of two numbers that gives the lesser one
   * @param most likewise the greater one
   */
  public static String addedInSql(String least, String most) {
    return "count = "
        + least
        + "("
        + MOST
        + ", cost.count + excluded.count), nanos = CASE WHEN cost.count < "
        + FEW
        + " AND 2 * excluded.nanos < cost.nanos THEN excluded.nanos ELSE CAST(round(cost.nanos + "
        + most
        + "("
        + LEAST_WEIGHT
        + ", 1.0 * excluded.count / (cost.count + excluded.count)) * ("
        + least
        + "(excluded.nanos, 2 * cost.nanos) - cost.nanos)) AS BIGINT) END";
  }
}
