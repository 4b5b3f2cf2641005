package dev.reprise.engine.stored;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Which build of the program this is, by what it is made of: names and checksums of the files in
 * its jars, or names, lengths and times of those in folders of classes. Two builds of the same
 * sources have the same identity when their jars hold the same files, whenever they were made.
 */
final class BuildIdentity {
  private BuildIdentity() {}

  /**
   * The jars and folders that some classes, and a resource, come from.
   *
   * @param resource left out when there is none
   */
  static Set<Path> places(List<Class<?>> witnesses, String resource) {
    Set<Path> places = new TreeSet<>();
    try {
      for (Class<?> witness : witnesses) {
        places.add(Path.of(witness.getProtectionDomain().getCodeSource().getLocation().toURI()));
      }
      URL library = BuildIdentity.class.getResource(resource);
      if (library != null) {
        places.add(placeOf(library, resource));
      }
      return places;
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the program cannot find its own files", e);
    }
  }

  /** The identity of jars and folders, in their order. */
  static Key of(Set<Path> places) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      for (Path place : places) {
        if (Files.isDirectory(place)) {
          folder(place, out);
        } else {
          jar(place, out);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("the program cannot look at its own files", e);
    }
    return ContentHash.of(bytes.toByteArray());
  }

  /** The jar or folder of a resource. */
  private static Path placeOf(URL found, String resource) throws URISyntaxException {
    String text = found.toString();
    if (text.startsWith("jar:")) {
      return Path.of(new URI(text.substring("jar:".length(), text.indexOf("!/"))));
    }
    return Path.of(new URI(text.substring(0, text.length() - resource.length() + 1)));
  }

  private static void jar(Path place, DataOutputStream out) throws IOException {
    try (ZipFile jar = new ZipFile(place.toFile());
        Stream<? extends ZipEntry> all = jar.stream()) {
      for (ZipEntry entry : all.sorted((a, b) -> a.getName().compareTo(b.getName())).toList()) {
        // The manifest and Maven's notes say when and where, not what.
        if (!entry.getName().startsWith("META-INF/")) {
          out.writeUTF(entry.getName());
          out.writeLong(entry.getCrc());
        }
      }
    }
  }

  private static void folder(Path place, DataOutputStream out) throws IOException {
    try (Stream<Path> all = Files.walk(place)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        out.writeUTF(place.relativize(file).toString());
        out.writeLong(Files.size(file));
        out.writeLong(Files.getLastModifiedTime(file).toMillis());
      }
    }
  }
}
