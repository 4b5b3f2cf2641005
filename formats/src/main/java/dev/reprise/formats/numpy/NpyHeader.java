package dev.reprise.formats.numpy;

import dev.reprise.formats.FormatException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an {@code npy} file says before its cells (numpy's "NEP 1"): magic, version, and a Python
 * dictionary with the type of a cell, the order and the shape.
 *
 * @param kind {@code f} floating point, {@code i} integer, {@code u} unsigned, {@code b} boolean
 * @param bytesPerCell 1, 2, 4 or 8
 * @param columnsFirst whether the first index changes fastest, as Fortran has it
 * @param rows the first extent
 * @param cols the product of all others
 * @param extents all others, one at least; their product is in range
 */
record NpyHeader(
    char kind,
    int bytesPerCell,
    ByteOrder order,
    boolean columnsFirst,
    long rows,
    long cols,
    List<Long> extents) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern TYPE =
      Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)([a-zA-Z])(\\d{0,4})'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");
  private static final int LONGEST = 1 << 20;
  private static final int ALIGNMENT = 64;

  /** Reads a header; the source stands at the first cell then. */
  static NpyHeader read(ByteSource source, String file) throws IOException {
    byte[] start = source.next(8, file);
    if (!Arrays.equals(Arrays.copyOf(start, MAGIC.length), MAGIC)) {
      throw new FormatException(file, "this is no npy file; check format=");
    }
    if (start[6] < 1 || start[6] > 3) {
      throw new FormatException(file, "version " + start[6] + " of npy is not known, only 1 to 3");
    }
    int width = start[6] == 1 ? 2 : 4;
    ByteBuffer length = ByteBuffer.wrap(source.next(width, file)).order(ByteOrder.LITTLE_ENDIAN);
    long bytes =
        width == 2
            ? Short.toUnsignedInt(length.getShort())
            : Integer.toUnsignedLong(length.getInt());
    if (bytes > LONGEST) {
      throw new FormatException(
          file,
          "the npy header is damaged: it says that it has "
              + bytes
              + " bytes; copy the file again");
    }
    return parse(new String(source.next((int) bytes, file), StandardCharsets.UTF_8), file);
  }

  /** Parses the dictionary. */
  static NpyHeader parse(String text, String file) {
    Matcher type = TYPE.matcher(text);
    Matcher order = ORDER.matcher(text);
    Matcher shape = SHAPE.matcher(text);
    if (!type.find() || !order.find() || !shape.find()) {
      throw new FormatException(
          file,
          "the npy header does not state one numeric type, order and shape: "
              + (text.length() > 80 ? text.substring(0, 77) + "..." : text.strip()));
    }
    char kind = type.group(2).charAt(0);
    int bytes = type.group(3).isEmpty() ? 0 : Integer.parseInt(type.group(3));
    boolean known =
        switch (kind) {
          case 'f' -> bytes == 2 || bytes == 4 || bytes == 8;
          case 'i', 'u' -> bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
          case 'b' -> bytes == 1;
          default -> false;
        };
    if (!known) {
      throw new FormatException(
          file,
          "cells of type \""
              + type.group(1)
              + kind
              + type.group(3)
              + "\" cannot be read; use floats, integers or booleans (astype in numpy)");
    }
    List<Long> extents = extents(shape.group(1), file);
    List<Long> others = List.copyOf(extents.subList(1, extents.size()));
    return new NpyHeader(
        kind,
        bytes,
        type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
        order.group(1).equals("True"),
        extents.getFirst(),
        product(others, shape.group(1), file),
        others);
  }

  /** Two at least: a vector is one column, a single number one cell. */
  private static List<Long> extents(String shape, String file) {
    List<Long> extents = new ArrayList<>();
    try {
      for (String word : shape.isBlank() ? new String[0] : shape.split(",")) {
        long extent = Long.parseLong(word.strip());
        if (extent < 0) {
          throw damagedShape(shape, file);
        }
        extents.add(extent);
      }
    } catch (NumberFormatException e) {
      throw damagedShape(shape, file);
    }
    while (extents.size() < 2) {
      extents.add(1L);
    }
    return extents;
  }

  private static long product(List<Long> extents, String shape, String file) {
    if (extents.contains(0L)) {
      return 0;
    }
    try {
      return extents.stream().reduce(1L, Math::multiplyExact);
    } catch (ArithmeticException e) {
      throw damagedShape(shape, file);
    }
  }

  /**
   * Where the cells of one place of the file's order stand in the matrix, whose columns follow the
   * last index first, as those of an array in C's order.
   *
   * @param place counts columns of the array with the second index changing fastest
   */
  long columnOf(long place) {
    long rest = place;
    long column = 0;
    long width = cols;
    for (long extent : extents) {
      width /= extent;
      column += rest % extent * width;
      rest /= extent;
    }
    return column;
  }

  private static FormatException damagedShape(String shape, String file) {
    return new FormatException(file, "the npy header's shape is damaged: (" + shape + ")");
  }

  /** The header of a matrix of ours, row by row, padded so that the cells are aligned. */
  static byte[] encode(long rows, long cols, int bytesPerCell) {
    String text =
        "{'descr': '<f"
            + bytesPerCell
            + "', 'fortran_order': False, 'shape': ("
            + rows
            + ", "
            + cols
            + "), }";
    int unpadded = MAGIC.length + 4 + text.length() + 1;
    int total = (unpadded + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer bytes = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - MAGIC.length - 4));
    bytes.put(text.getBytes(StandardCharsets.US_ASCII));
    while (bytes.position() < total - 1) {
      bytes.put((byte) ' ');
    }
    return bytes.put((byte) '\n').array();
  }

  /** Where bytes come from, one after another. */
  interface ByteSource {
    /** Fills the buffer completely unless the end comes first. */
    void fill(ByteBuffer target) throws IOException;

    /** So many bytes. */
    default byte[] next(int count, String file) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(count);
      try {
        fill(bytes);
      } catch (EOFException e) {
        throw new FormatException(file, "the npy header is truncated; write or copy it again");
      }
      return bytes.array();
    }
  }
}
