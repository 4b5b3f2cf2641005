package dev.reprise.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The arguments that a script of the corpus runs with: {@code $here}, the folder that it lies in,
 * and those of its lines {@code # arguments: name=value name=value}.
 */
public final class ScriptArguments {
  private static final String LINE = "# arguments: ";

  private ScriptArguments() {}

  public static Map<String, String> of(Path script) throws IOException {
    Map<String, String> arguments = new LinkedHashMap<>();
    arguments.put("here", script.toAbsolutePath().getParent().toString());
    List<String> lines = Files.readAllLines(script);
    for (String line : lines.stream().filter(l -> l.startsWith(LINE)).toList()) {
      for (String word : line.substring(LINE.length()).trim().split("\\s+")) {
        int sign = word.indexOf('=');
        arguments.put(word.substring(0, sign), word.substring(sign + 1));
      }
    }
    return arguments;
  }
}
