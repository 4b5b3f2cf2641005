package dev.reprise.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The program to run with its {@code $} arguments.
 *
 * @param file the script, or null when {@code text} is given
 * @param text the program itself, or null when {@code file} is given
 * @param arguments {@code $1}, {@code $2}, ... under "1", "2", ...; named ones under their names
 */
record ScriptSource(Path file, String text, Map<String, String> arguments) {

  ScriptSource {
    arguments = Map.copyOf(arguments);
  }

  /**
   * The script of a file, which is read here when it can be read only once: {@code -}, which is
   * standard input, and what a shell makes of {@code <(command)}.
   *
   * @throws IOException when it cannot be read, or is not a text in UTF-8
   */
  static ScriptSource of(String file, Map<String, String> arguments) throws IOException {
    if (file.equals("-")) {
      return new ScriptSource(null, text("standard input", System.in), arguments);
    }
    Path path = Path.of(file);
    return isPipe(path)
        ? new ScriptSource(null, pipe(path), arguments)
        : new ScriptSource(path, null, arguments);
  }

  private static boolean isPipe(Path file) {
    return Files.isReadable(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
  }

  private static String pipe(Path file) throws IOException {
    InputStream opened;
    try {
      opened = Files.newInputStream(file);
    } catch (IOException e) {
      throw new UsageException("script is no readable file: " + file);
    }
    try (InputStream in = opened) {
      return text(file.toString(), in);
    }
  }

  /**
   * All of a stream, by the rules of script files.
   *
   * @param name of the stream, for complaints
   */
  static String text(String name, InputStream in) throws IOException {
    byte[] bytes;
    try {
      bytes = in.readAllBytes();
    } catch (IOException e) {
      throw new IOException("cannot read the script from " + name + ": " + Failures.reason(e), e);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException(name + " is not a text in UTF-8", e);
    }
  }

  /**
   * @param option named in complaints
   * @throws UsageException when a named argument is not of the form name=value
   */
  static Map<String, String> arguments(List<String> positional, List<String> named, String option) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (int i = 0; i < positional.size(); i++) {
      arguments.put(String.valueOf(i + 1), positional.get(i));
    }
    for (String pair : named) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new UsageException(option + " expects name=value, found '" + pair + "'");
      }
      arguments.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return arguments;
  }
}
