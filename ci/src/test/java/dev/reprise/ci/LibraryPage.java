package dev.reprise.ci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page {@code docs/library.md}, made from the headers of the library's scripts: a line {@code
 * name: what it is}, paragraphs, and {@code name meaning} lines for parameters and results.
 */
final class LibraryPage {
  private static final Pattern ENTRY = Pattern.compile("([A-Za-z]\\w*(?:, \\w+)*) {2,}(\\S.*)");

  private static final String INTRODUCTION =
      """
      # The standard library

      Functions that scripts call without `source`: scripts themselves, shipped with Reprise. Names,
      parameters, defaults and results are those of SystemDS 3.3; where ours differ, the entry says so.
      A function of the same name in the script, or a file `name.dml` in a folder given by `--library`,
      goes before these. Functions without a script behind them are on the page of the
      [language](language.md).

      This page is made from the headers of the scripts; `LibraryPageTest` tells how.
      """;

  private LibraryPage() {}

  static String of(List<Path> scripts) throws IOException {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    for (Path script : scripts) {
      add(page, Files.readAllLines(script));
    }
    return page.toString();
  }

  private static void add(StringBuilder page, List<String> lines) {
    List<String> header =
        lines.stream()
            .skip(1)
            .takeWhile(line -> !line.startsWith("#--"))
            .map(line -> line.substring(Math.min(2, line.length())))
            .toList();
    String name = header.getFirst().substring(0, header.getFirst().indexOf(':'));
    page.append("\n## ").append(name).append("\n\n```\n");
    signature(lines).forEach(line -> page.append(line).append('\n'));
    page.append("```\n\n");
    String summary = header.getFirst().substring(name.length() + 2);
    page.append(Character.toUpperCase(summary.charAt(0))).append(summary.substring(1)).append('\n');
    boolean inList = false;
    boolean parametersSeen = false;
    for (String line : header.subList(1, header.size())) {
      Matcher entry = ENTRY.matcher(line);
      if (entry.matches()) {
        if (!inList && parametersSeen) {
          page.append("Results:\n\n");
        }
        parametersSeen = true;
        page.append("- `").append(entry.group(1)).append("`: ").append(entry.group(2));
        inList = true;
      } else {
        inList &= line.startsWith(" ");
        page.append(inList ? "  " + line.strip() : line);
      }
      page.append('\n');
    }
  }

  /** From the function's name to the line before its body. */
  private static List<String> signature(List<String> lines) {
    List<String> signature = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("{")) {
        break;
      }
      signature.add(
          line.endsWith("{") ? line.substring(0, line.length() - 1).stripTrailing() : line);
      if (line.endsWith("{")) {
        break;
      }
    }
    return signature;
  }
}
