package dev.reprise.memory;

import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import java.util.List;
import java.util.function.Predicate;

/** Where the matrices of a value are, be it one matrix or a list of them, and moving them. */
public final class Residence {

  private Residence() {}

  /** True when something in the value is large enough to be moved. */
  public static boolean isMobile(Value value) {
    return !all(value, matrix -> !matrix.isMobile());
  }

  /**
   * True when some of it was too large for memory, so that it lies on the disk and is read there.
   */
  public static boolean isPaged(Value value) {
    return !all(value, matrix -> !matrix.isPaged());
  }

  /** True when all cells are in host memory now. */
  public static boolean isOnHost(Value value) {
    // Asked of each operand; a matrix is told from the rest by its class alone.
    return value instanceof ManagedMatrix matrix
        ? matrix.isOnHost()
        : all(value, ManagedMatrix::isOnHost);
  }

  /** True when all that can move is on disk only, so that it must be read before it can be used. */
  public static boolean isOffHost(Value value) {
    return isMobile(value)
        && all(value, matrix -> !matrix.isMobile() || !matrix.isOnHost() && !matrix.isOnDevice());
  }

  /** True when nothing of the value takes host memory, and some of it lies on accelerators. */
  public static boolean isOnDevicesOnly(Value value) {
    return all(value, matrix -> !matrix.isOnHost()) && !all(value, matrix -> !matrix.isOnDevice());
  }

  /** True when some of the value lies on the accelerator. */
  public static boolean isOnDevice(Value value, DeviceMemory memory) {
    return !all(value, matrix -> !matrix.isOnDevice(memory));
  }

  /** True when all that can move lies on disk, so that leaving host memory needs no writing. */
  public static boolean isOnDisk(Value value) {
    return isMobile(value) && all(value, matrix -> !matrix.isMobile() || matrix.isElsewhere());
  }

  /**
   * Moves all that can move to disk; on the writer's thread, by a holder of a reference.
   *
   * @return true when all of it has left host memory
   */
  public static boolean moveToDisk(Value value) {
    return all(value, matrix -> !matrix.isMobile() || !matrix.isOnHost() || matrix.spill() > 0);
  }

  /**
   * Brings all cells back, waiting for memory if need be; by a holder of a reference who has
   * nothing pinned.
   *
   * @throws dev.reprise.runtime.ResourceException when there is no room, or a copy is damaged
   */
  public static void moveToHost(Value value) {
    all(
        value,
        matrix -> {
          matrix.bringBack();
          return true;
        });
  }

  /**
   * Frees the host copies of a value that lies on disk, without waiting; by a holder of a
   * reference.
   *
   * @return true when all of it has left host memory
   */
  public static boolean dropFromHost(Value value) {
    return all(
        value, matrix -> !matrix.isMobile() || !matrix.isOnHost() || matrix.dropHostCopy() > 0);
  }

  /** Adds the matrices of a value. */
  static void collect(Value value, List<ManagedMatrix> matrices) {
    all(
        value,
        matrix -> {
          matrices.add(matrix);
          return true;
        });
  }

  private static boolean all(Value value, Predicate<ManagedMatrix> test) {
    if (value instanceof ManagedMatrix matrix) {
      return test.test(matrix);
    }
    if (value instanceof RowsView view) {
      return view.own() == null || test.test(view.own());
    }
    if (value instanceof ListValue list) {
      for (Value element : list.elements()) {
        if (!all(element, test)) {
          return false;
        }
      }
    }
    return true;
  }
}
