package dev.reprise.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run was given, by name, as the text that a graph keeps: a line {@code name=value} each, in
 * alphabetical order. A name has no {@code =}; in both, a backslash stands before a backslash and
 * before the {@code n} of a line's end.
 */
public final class RunArguments {
  private RunArguments() {}

  public static String text(Map<String, String> arguments) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(arguments)
        .forEach((name, value) ->
            text.append(escaped(name)).append('=').append(escaped(value)).append('\n'));
    return text.toString();
  }

  /** The opposite; lines that have no {@code =} are names without a value. */
  public static Map<String, String> of(String text) {
    Map<String, String> arguments = new LinkedHashMap<>();
    text.lines()
        .forEach(line -> {
          int equals = line.indexOf('=');
          String name = equals < 0 ? line : line.substring(0, equals);
          arguments.put(plain(name), equals < 0 ? "" : plain(line.substring(equals + 1)));
        });
    return arguments;
  }

  private static String escaped(String part) {
    return part.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  private static String plain(String part) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (c == '\\' && i + 1 < part.length()) {
        i++;
        c = part.charAt(i) == 'n' ? '\n' : part.charAt(i) == 'r' ? '\r' : part.charAt(i);
      }
      plain.append(c);
    }
    return plain.toString();
  }
}
