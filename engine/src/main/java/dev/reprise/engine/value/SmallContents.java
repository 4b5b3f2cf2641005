package dev.reprise.engine.value;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentMatrix;
import dev.reprise.memory.Handle;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.StringScalar;
import dev.reprise.runtime.Value;

/**
 * Fingerprints of values that are looked at in little time: numbers, truth values, and texts and
 * dense matrices of up to 8 KiB. All bits count, and the type: 2 and 2.0 differ, so do -0.0 and
 * 0.0; all scalars that are NaN are one. Nothing is computed, brought home or waited for. Any
 * thread that has nothing pinned.
 */
public final class SmallContents {
  /** Looking at a larger value would take longer than asking for what is made of it. */
  public static final long LARGEST_BYTES = 8 << 10;

  private final HostMemory memory;

  public SmallContents(HostMemory memory) {
    this.memory = memory;
  }

  /** The fingerprint; null where there is none to be had. The value is borrowed. */
  public Key of(Value given) {
    Value value = given instanceof Handle handle ? handle.valueOrNull() : given;
    if (value instanceof Scalar scalar) {
      return scalar instanceof StringScalar(String text)
              && (long) text.length() * Character.BYTES > LARGEST_BYTES
          ? null
          : LineageItem.literal(scalar).key();
    }
    return value instanceof MatrixValue matrix
            && matrix.bytes() <= LARGEST_BYTES
            && isAtHand(matrix)
        ? ofCells(matrix)
        : null;
  }

  private Key ofCells(MatrixValue matrix) {
    try {
      return memory.run(() -> {
        MatrixOperand cells = matrix.pinHost();
        try {
          return cells instanceof DenseMatrix dense ? ofCells(dense) : null;
        } finally {
          matrix.unpin();
        }
      });
    } catch (ResourceException e) {
      // It left host memory meanwhile, as the rows of a large matrix do.
      return null;
    }
  }

  private static Key ofCells(DenseMatrix cells) {
    // Cells of another width are others, and bytes too: no two precisions have one fingerprint.
    long rows = cells.rows() << Byte.SIZE | cells.precision().ordinal();
    return ContentHash.ofMatrix(
        cells.buffer().segment().asSlice(0, cells.bytes()), rows, cells.cols());
  }

  /** False for what would have to be made or brought here, as all that a view is rows of. */
  public static boolean isAtHand(MatrixValue matrix) {
    // What was made may have gone to disk or to a device since.
    if (matrix instanceof AbsentMatrix absent) {
      return absent.nearest() != absent && isAtHand(absent.nearest());
    }
    if (matrix instanceof RowsView view) {
      return view.isOnHost();
    }
    return !(matrix instanceof ManagedMatrix managed) || managed.isOnHost();
  }
}
