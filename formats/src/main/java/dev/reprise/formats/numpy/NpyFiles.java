package dev.reprise.formats.numpy;

import dev.reprise.formats.FormatException;
import dev.reprise.formats.MatrixRows;
import dev.reprise.formats.tensors.TensorSource;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Reads and writes numpy's files of one array ({@code npy}) and of several ({@code npz}). */
public final class NpyFiles {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final String ENDING = ".npy";
  private static final String FIRST_NAME = "arr_0";
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private NpyFiles() {}

  /** Reads a file's only array; the caller owns it. */
  public static DenseMatrix read(Path file, Allocator allocator) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return matrix(target -> fill(channel, target), channel.size(), file.toString(), allocator);
    }
  }

  private static void fill(FileChannel channel, ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target) < 0) {
        throw new EOFException();
      }
    }
  }

  /**
   * Reads an array out of several; the caller owns it.
   *
   * @param name without the ending; null when there is but one
   */
  public static DenseMatrix readNamed(Path file, String name, Allocator allocator)
      throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry entry = entry(zip, name, file.toString());
      String place = file + ": array \"" + withoutEnding(entry.getName()) + "\"";
      try (CheckedInputStream in = new CheckedInputStream(zip.getInputStream(entry), new CRC32())) {
        byte[] chunk = new byte[CHUNK_BYTES];
        DenseMatrix matrix =
            matrix(target -> fill(in, chunk, target), entry.getSize(), place, allocator);
        try {
          checkSum(in, entry, file.toString());
          return matrix;
        } catch (RuntimeException | IOException | Error e) {
          matrix.buffer().release();
          throw e;
        }
      }
    } catch (ZipException e) {
      throw noArchive(file, e);
    }
  }

  /** The archive has a checksum of every array, which the JDK does not look at. */
  private static void checkSum(CheckedInputStream in, ZipEntry entry, String file)
      throws IOException {
    in.transferTo(OutputStream.nullOutputStream());
    if (in.getChecksum().getValue() != entry.getCrc()) {
      throw new FormatException(
          file,
          "the checksum of the array \""
              + withoutEnding(entry.getName())
              + "\" does not match: the file was damaged after it was written; restore it or write"
              + " it again");
    }
  }

  private static FormatException noArchive(Path file, ZipException cause) {
    return new FormatException(
        file.toString(),
        "this is no npz file, or it is truncated ("
            + cause.getMessage()
            + "); check format= or copy it again");
  }

  private static String withoutEnding(String name) {
    return name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
  }

  private static void fill(InputStream in, byte[] chunk, ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      int got = in.read(chunk, 0, Math.min(chunk.length, target.remaining()));
      if (got < 0) {
        throw new EOFException();
      }
      target.put(chunk, 0, got);
    }
  }

  /** Names of the arrays of a file of several, in their order. */
  public static List<String> names(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      return names(zip);
    } catch (ZipException e) {
      throw noArchive(file, e);
    }
  }

  private static List<String> names(ZipFile zip) {
    return zip.stream()
        .map(ZipEntry::getName)
        .filter(found -> found.endsWith(ENDING))
        .map(NpyFiles::withoutEnding)
        .toList();
  }

  private static ZipEntry entry(ZipFile zip, String name, String file) {
    List<String> names = names(zip);
    if (names.isEmpty()) {
      throw new FormatException(file, "the file holds no arrays");
    }
    String wanted = name == null && names.size() == 1 ? names.get(0) : name;
    wanted = wanted == null ? null : withoutEnding(wanted);
    if (wanted == null || !names.contains(wanted)) {
      throw new FormatException(
          file,
          (name == null
                  ? "the file holds "
                      + names.size()
                      + " arrays; name one with dataset=, or read all with data_type=\"list\""
                  : "there is no array \"" + name + "\"")
              + "; there are "
              + String.join(", ", names));
    }
    return zip.getEntry(wanted + ENDING);
  }

  /**
   * @param bytes of the whole array file, header included
   */
  private static DenseMatrix matrix(
      NpyHeader.ByteSource source, long bytes, String file, Allocator allocator)
      throws IOException {
    NpyHeader header = NpyHeader.read(source, file);
    if (header.rows() < 0
        || header.cols() < 0
        || header.cols() > 0 && header.rows() > bytes / header.bytesPerCell() / header.cols()) {
      throw truncated(header, file);
    }
    DenseMatrix matrix = DenseMatrix.allocate(allocator, header.rows(), header.cols());
    try {
      NpyCells.read(header, source, matrix);
      return matrix;
    } catch (EOFException e) {
      matrix.buffer().release();
      throw truncated(header, file);
    } catch (RuntimeException | IOException | Error e) {
      matrix.buffer().release();
      throw e;
    }
  }

  private static FormatException truncated(NpyHeader header, String file) {
    return new FormatException(
        file,
        "the file is truncated: "
            + header.rows()
            + "x"
            + header.cols()
            + " cells are announced; write or copy it again");
  }

  /** Writes a matrix as one array, in its own precision. */
  public static void write(MatrixOperand matrix, FileChannel channel) throws IOException {
    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), CHUNK_BYTES);
    write(matrix, out);
    out.flush();
  }

  /** Writes a matrix as a file of one named array. */
  public static void writeNamed(MatrixOperand matrix, String name, FileChannel channel)
      throws IOException {
    writeAll(TensorSource.of(name == null ? FIRST_NAME : name, matrix), channel);
  }

  /** Writes matrices as arrays of their names. */
  public static void writeAll(TensorSource source, FileChannel channel) throws IOException {
    ZipOutputStream zip =
        new ZipOutputStream(
            new BufferedOutputStream(Channels.newOutputStream(channel), CHUNK_BYTES));
    zip.setLevel(Deflater.BEST_SPEED);
    List<TensorSource.Head> heads = source.heads();
    for (int i = 0; i < heads.size(); i++) {
      ZipEntry entry = new ZipEntry(heads.get(i).name() + ENDING);
      // Always the same, so that equal matrices make equal files.
      entry.setTimeLocal(NO_TIME);
      zip.putNextEntry(entry);
      source.lend(i, cells -> write(cells, zip));
      zip.closeEntry();
    }
    zip.finish();
    zip.flush();
  }

  private static void write(MatrixOperand matrix, OutputStream out) throws IOException {
    boolean narrow = matrix.precision() == Precision.FP32;
    int width = matrix.precision().bytesPerCell();
    out.write(NpyHeader.encode(matrix.rows(), matrix.cols(), width));
    MatrixRows rows = new MatrixRows(matrix);
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(width, (int) matrix.cols()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long r = 0; r < matrix.rows(); r++) {
      bytes.clear();
      if (narrow) {
        for (double cell : rows.row(r)) {
          bytes.putFloat((float) cell);
        }
      } else {
        bytes.asDoubleBuffer().put(rows.row(r));
      }
      out.write(bytes.array());
    }
  }
}
