package dev.reprise.engine.region;

import dev.reprise.lineage.ContentKeys;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.TraceFormatException;
import dev.reprise.runtime.operation.OperationTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;

/**
 * A {@link Composite} as bytes, for the experiment store. The lineage of its outputs is written
 * down to the region's inputs, which whoever reads it supplies with items of his own; so a found
 * call goes on in the trace as if it had been executed. Every key is written, too, and compared
 * when it is read for inputs of the same history.
 *
 * <p>Inputs of another history must have the same content keys, and those that were one value must
 * be one again, so that every use of an input is that of the same one. Where a body computes for
 * itself what was given to it as well, by the same history, a trace then names the given one.
 */
public final class RegionRecord {
  static final int VERSION = 6;

  static final int ITEMS = 0;
  static final int FRAGMENT = 1;

  static final int INPUT = 0;
  static final int LITERAL = 1;
  static final int OPERATION = 2;

  static final int PART_CLEARED = 0;
  static final int PART_UNCHANGED = 1;
  static final int PART_INPUT = 2;
  static final int PART_INLINE = 3;
  static final int PART_CACHED = 4;
  static final int PART_ELEMENTS = 5;
  static final int PART_ABSENT = 6;

  private RegionRecord() {}

  /**
   * The bytes, or null when the history of an output cannot be written.
   *
   * @param contents by which the outcome is found
   */
  public static byte[] write(Composite composite, LineageItem[] inputs, ContentKeys contents) {
    byte[] items = written(composite, new RegionWriter(inputs, contents, null, true));
    return items == null ? writeLoop(composite, inputs, contents, false) : items;
  }

  /** Likewise, of a loop, which stays one whoever finds it. */
  public static byte[] writeLoop(Composite composite, LineageItem[] inputs, ContentKeys contents) {
    byte[] items = written(composite, new RegionWriter(inputs, contents, null, true));
    byte[] loop = writeLoop(composite, inputs, contents, items != null);
    return loop == null ? items : loop;
  }

  private static byte[] writeLoop(
      Composite composite, LineageItem[] inputs, ContentKeys contents, boolean isComputedAgain) {
    return written(
        composite, new RegionWriter(inputs, contents, new LinkedHashMap<>(), isComputedAgain));
  }

  private static byte[] written(Composite composite, RegionWriter writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      return writer.composite(composite, new DataOutputStream(bytes)) ? bytes.toByteArray() : null;
    } catch (IOException | RuntimeException e) {
      // A text too long for the form, for example: the call is not kept.
      return null;
    }
  }

  /**
   * The composite, or null when the bytes do not fit the inputs or this version.
   *
   * @param contents by which it was found; hears of the outputs
   */
  public static Composite read(
      byte[] record, LineageItem[] inputs, ContentKeys contents, OperationTable table) {
    try {
      DataInputStream bytes = new DataInputStream(new ByteArrayInputStream(record));
      return new RegionReader(inputs, contents, table, bytes).composite();
    } catch (IOException | TraceFormatException | RuntimeException e) {
      // Written by another version, or damaged: as good as absent.
      return null;
    }
  }
}
