package dev.reprise.cli;

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
