package dev.reprise.runtime.cpu.blas;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Unpacks OpenBLAS and the libraries that it needs from its jar, and loads them.
 *
 * <p>The files lie in a folder that is named after their checksums, so versions do not meet, and
 * that only its owner may enter. A file is written under a temporary name and then renamed: another
 * process sees it whole or not at all, and two that unpack at once write the same bytes.
 */
final class NativeLibraries {
  private static final String RESOURCES = "org/bytedeco/openblas/";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final NativeLocation location;

  /** A library inside the jar. */
  private record Entry(String name, URL url, long bytes, long checksum) {}

  NativeLibraries(NativeLocation location) {
    this.location = location;
  }

  /** In the order of loading: each needs those before it. Not every platform has all of them. */
  private List<String> names() {
    String platform = location.platform();
    if (platform.startsWith("linux")) {
      return List.of("libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5", "libopenblas.so.0");
    }
    if (platform.startsWith("macosx")) {
      return List.of(
          "libgcc_s.1.1.dylib",
          "libquadmath.0.dylib",
          "libgfortran.5.dylib",
          "libopenblas.0.dylib");
    }
    return List.of(
        "libgcc_s_seh-1.dll",
        "libwinpthread-1.dll",
        "libquadmath-0.dll",
        "libgfortran-5.dll",
        "libopenblas.dll");
  }

  /**
   * Unpacks what is not there yet and loads it for the life of the process.
   *
   * @return the symbols of OpenBLAS
   * @throws IOException when the library is not on the class path, the folder is not usable, or the
   *     system refuses to load it
   */
  SymbolLookup load() throws IOException {
    List<Entry> entries = entries();
    Path folder = privateFolder(entries);
    SymbolLookup last = null;
    for (Entry entry : entries) {
      Path file = folder.resolve(entry.name);
      if (!Files.isRegularFile(file) || Files.size(file) != entry.bytes) {
        unpack(entry, file);
      }
      try {
        last = SymbolLookup.libraryLookup(file, Arena.global());
      } catch (IllegalArgumentException e) {
        throw new IOException("cannot load " + file, e);
      }
    }
    return last;
  }

  private List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    List<String> names = names();
    for (String name : names) {
      URL url =
          NativeLibraries.class
              .getClassLoader()
              .getResource(RESOURCES + location.platform() + "/" + name);
      if (url != null) {
        entries.add(describe(name, url));
      }
    }
    if (entries.isEmpty() || !entries.getLast().name.equals(names.getLast())) {
      throw new IOException("no OpenBLAS for " + location.platform() + " on the class path");
    }
    return entries;
  }

  private static Entry describe(String name, URL url) throws IOException {
    URLConnection connection = url.openConnection();
    if (connection instanceof JarURLConnection jar) {
      var entry = jar.getJarEntry();
      return new Entry(name, url, entry.getSize(), entry.getCrc());
    }
    return new Entry(name, url, connection.getContentLengthLong(), connection.getLastModified());
  }

  private Path privateFolder(List<Entry> entries) throws IOException {
    long mix = 0;
    for (Entry entry : entries) {
      mix = (mix * 31 + entry.bytes) * 31 + entry.checksum;
    }
    Path folder =
        location.folder().resolve("openblas-" + location.platform() + "-" + Long.toHexString(mix));
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return Files.createDirectories(folder);
    }
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    Set<PosixFilePermission> found = Files.getPosixFilePermissions(folder);
    boolean open =
        found.contains(PosixFilePermission.GROUP_WRITE)
            || found.contains(PosixFilePermission.OTHERS_WRITE);
    if (open) {
      throw new IOException("the folder " + folder + " may be written by others; delete it");
    }
    return folder;
  }

  private static void unpack(Entry entry, Path file) throws IOException {
    Path temporary = Files.createTempFile(file.getParent(), entry.name, ".part");
    try {
      try (InputStream bytes = entry.url.openStream()) {
        long written = Files.copy(bytes, temporary, StandardCopyOption.REPLACE_EXISTING);
        if (written != entry.bytes) {
          throw new IOException(entry.name + " has " + written + " bytes, not " + entry.bytes);
        }
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
