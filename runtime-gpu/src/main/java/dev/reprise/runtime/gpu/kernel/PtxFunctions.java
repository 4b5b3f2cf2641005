package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.gpu.KernelSources;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The functions of cells as PTX ({@code functions.c}, compiled once), each to be taken by itself
 * with what it needs. Immutable.
 */
final class PtxFunctions {
  private static final Pattern FUNCTION = Pattern.compile("^(?:\\.visible )?\\.func .*?\\) (\\w+)");
  private static final Pattern TABLE = Pattern.compile("^\\.(?:global|const) .* (\\w+)\\[");
  private static final Pattern WORD = Pattern.compile("\\w+");
  private static final Pattern PARAMETER = Pattern.compile("\\.param \\.b(\\d+) \\w+_param_");

  /** A function, its declaration or a table of numbers. */
  private record Item(String name, String text) {}

  private final List<Item> items = new ArrayList<>();
  private final Map<String, Set<String>> needs = new HashMap<>();

  PtxFunctions(Precision precision) {
    List<String> lines = KernelSources.ptx("functions", precision).lines().toList();
    for (int at = 0; at < lines.size(); at++) {
      Matcher function = FUNCTION.matcher(lines.get(at));
      Matcher table = TABLE.matcher(lines.get(at));
      if (function.find()) {
        int end = at;
        while (!lines.get(end).equals("}") && !lines.get(end).equals(";")) {
          end++;
        }
        add(function.group(1), String.join("\n", lines.subList(at, end + 1)));
        at = end;
      } else if (table.find()) {
        add(table.group(1), lines.get(at));
      }
    }
    for (Item item : items) {
      Set<String> words = new HashSet<>();
      WORD.matcher(item.text()).results().forEach(word -> words.add(word.group()));
      words.retainAll(needs.keySet());
      needs.get(item.name()).addAll(words);
    }
  }

  private void add(String name, String text) {
    items.add(new Item(name, text.replaceFirst("^\\.visible ", "")));
    needs.putIfAbsent(name, new HashSet<>());
  }

  /** Bits of each parameter of a function: 64 for double, 32 for float. */
  List<Integer> parameters(String name) {
    String text =
        items.stream().filter(item -> item.name().equals(name)).findFirst().orElseThrow().text();
    return PARAMETER
        .matcher(text.substring(0, text.indexOf("{")))
        .results()
        .map(found -> Integer.valueOf(found.group(1)))
        .toList();
  }

  /** The text of functions and of all that they need, in an order that PTX takes. */
  String text(Set<String> names) {
    Set<String> taken = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(names);
    while (!open.isEmpty()) {
      String name = open.pop();
      if (taken.add(name)) {
        open.addAll(needs.get(name));
      }
    }
    StringBuilder text = new StringBuilder();
    for (Item item : items) {
      if (taken.contains(item.name())) {
        text.append(item.text()).append('\n');
      }
    }
    return text.toString();
  }
}
