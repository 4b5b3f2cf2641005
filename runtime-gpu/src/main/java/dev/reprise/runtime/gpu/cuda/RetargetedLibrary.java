package dev.reprise.runtime.gpu.cuda;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A copy of a shared library (ELF, 64 bits, little-endian) that needs another version of one of its
 * libraries: the name changes in the table of strings, and with it the hash by which the loader
 * compares the version that the symbols ask for. A link of the other name would not do, since the
 * loader reads the version inside the file.
 */
final class RetargetedLibrary {
  private static final int SHT_GNU_VERNEED = 0x6ffffffe;
  private static final int SECTION_HEADERS = 0x28;
  private static final int SECTION_HEADER_SIZE = 0x3a;

  private final ByteBuffer file;

  private RetargetedLibrary(byte[] bytes) {
    file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Writes the copy of a library that lies on the class path in {@code /lib}, where the bindings
   * look before they unpack their own.
   */
  static void write(String resource, String from, String to, Path target) throws IOException {
    byte[] bytes;
    try (InputStream in = RetargetedLibrary.class.getResourceAsStream("/lib/" + resource)) {
      if (in == null) {
        throw new FileNotFoundException("no resource /lib/" + resource);
      }
      bytes = in.readAllBytes();
    }
    Path written = Files.createTempFile(target.getParent(), "cublas", ".part");
    Files.write(written, retargeted(bytes, from, to));
    Files.move(written, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** A copy that needs {@code to} where the original needs {@code from}; names of equal length. */
  static byte[] retargeted(byte[] library, String from, String to) throws IOException {
    if (from.length() != to.length()) {
      throw new IllegalArgumentException(from + " and " + to + " differ in length");
    }
    RetargetedLibrary copy = new RetargetedLibrary(library.clone());
    try {
      copy.change(from, to);
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("not a library as expected: " + e.getMessage());
    }
    return copy.file.array();
  }

  private void change(String from, String to) throws IOException {
    if (file.getInt(0) != 0x464c457f || file.get(4) != 2 || file.get(5) != 1) {
      throw new IOException("not a library of 64 bits, little-endian");
    }
    int needs = section(SHT_GNU_VERNEED);
    // sh_link of the section names the table of strings.
    int strings = offset(header(file.getInt(needs + 40)));
    changeHashes(offset(needs), file.getInt(needs + 44), strings, from, to);
    changeNames(strings, offsetEnd(header(file.getInt(needs + 40))), from, to);
  }

  private int header(int index) {
    int size = Short.toUnsignedInt(file.getShort(SECTION_HEADER_SIZE));
    return Math.toIntExact(file.getLong(SECTION_HEADERS)) + index * size;
  }

  private int section(int type) throws IOException {
    int count = Short.toUnsignedInt(file.getShort(0x3c));
    for (int i = 0; i < count; i++) {
      if (file.getInt(header(i) + 4) == type) {
        return header(i);
      }
    }
    throw new IOException("the library asks for no versions");
  }

  private int offset(int header) {
    return Math.toIntExact(file.getLong(header + 24));
  }

  private int offsetEnd(int header) {
    return offset(header) + Math.toIntExact(file.getLong(header + 32));
  }

  /** Each needed file has a list of versions: hash, flags, index, name, distance to the next. */
  private void changeHashes(int at, int files, int strings, String from, String to)
      throws IOException {
    int changed = 0;
    int need = at;
    for (int i = 0; i < files; i++) {
      int version = need + file.getInt(need + 8);
      for (int j = 0; j < Short.toUnsignedInt(file.getShort(need + 2)); j++) {
        if (string(strings + file.getInt(version + 8)).equals(from)) {
          file.putInt(version, hash(to));
          changed++;
        }
        version += file.getInt(version + 12);
      }
      need += file.getInt(need + 12);
    }
    if (changed != 1) {
      throw new IOException("the library asks for " + changed + " versions named " + from);
    }
  }

  private void changeNames(int start, int end, String from, String to) {
    byte[] name = to.getBytes(StandardCharsets.ISO_8859_1);
    for (int at = start; at < end; at++) {
      // Whole strings alone: another may end in this one, sharing its bytes.
      if ((at == start || file.get(at - 1) == 0) && string(at).equals(from)) {
        file.put(at, name);
      }
    }
  }

  private String string(int at) {
    int end = at;
    while (file.get(end) != 0) {
      end++;
    }
    return new String(file.array(), at, end - at, StandardCharsets.ISO_8859_1);
  }

  /** The hash of ELF's specification (System V). */
  static int hash(String name) {
    int hash = 0;
    for (byte b : name.getBytes(StandardCharsets.ISO_8859_1)) {
      hash = (hash << 4) + Byte.toUnsignedInt(b);
      int high = hash & 0xf0000000;
      hash = (hash ^ (high >>> 24)) & ~high;
    }
    return hash;
  }
}
