package dev.reprise.ci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pages {@code docs/library.md} and {@code docs/nn-library.md}, made from the headers of the
 * library's scripts: a line {@code name: what it is}, paragraphs, and {@code name meaning} lines
 * for parameters and results.
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

  private static final String LAYERS_INTRODUCTION =
      """
      # The layer library

      Layers, optimizers and networks for scripts that source them, as in

      ```
      source("nn/layers/affine.dml") as affine
      source("nn/optim/adam.dml") as adam
      [W, b] = affine::init(784, 10, 42)
      out = affine::forward(X, W, b)
      ```

      Files, functions, parameters and results are those of SystemDS 3.3, so that its users' programs run
      unchanged; where ours differ, the entry says so. A file of that path beside the script, or in a
      folder given by `--library`, goes before these.

      A layer has `forward`, `backward` (gradients with respect to the inputs, given that of the output)
      and mostly `init`. A batch of N examples is a matrix of N rows; an image of C channels of H x W pixels
      is a row of C\\*H\\*W numbers, channel after channel and line after line; a sequence of T steps of D
      numbers is a row of T\\*D. Every `backward` is checked against finite differences.

      This page is made from the headers of the scripts; `LibraryPageTest` tells how.
      """;

  private LibraryPage() {}

  /** One function a script. */
  static String ofFunctions(List<Path> scripts) throws IOException {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    for (Path script : scripts) {
      List<String> lines = Files.readAllLines(script);
      add(page, lines, signature(lines));
    }
    return page.toString();
  }

  /** Several functions a script, under the name of the file. */
  static String ofLayers(List<Path> scripts) throws IOException {
    StringBuilder page = new StringBuilder(LAYERS_INTRODUCTION);
    for (Path script : scripts) {
      List<String> lines = Files.readAllLines(script);
      // Products such as C*Hin*Win are no emphasis.
      add(page, lines.stream().map(line -> line.replace("*", "\\*")).toList(), signatures(lines));
    }
    return page.toString();
  }

  private static void add(StringBuilder page, List<String> lines, List<String> signature) {
    List<String> header =
        lines.stream()
            .skip(1)
            .takeWhile(line -> !line.startsWith("#--"))
            .map(line -> line.substring(Math.min(2, line.length())))
            .toList();
    String name = header.getFirst().substring(0, header.getFirst().indexOf(':'));
    page.append("\n## ").append(name).append("\n\n```\n");
    signature.forEach(line -> page.append(line).append('\n'));
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

  /** Those of all functions, each with the comment above it. */
  private static List<String> signatures(List<String> lines) {
    List<String> signatures = new ArrayList<>();
    List<String> comment = new ArrayList<>();
    for (int i = headerEnd(lines); i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("#")) {
        comment.add(line);
      } else if (line.contains("= function(")) {
        signatures.addAll(comment);
        signatures.addAll(signature(lines.subList(i, lines.size())));
      }
      if (!line.startsWith("#")) {
        comment.clear();
      }
    }
    return signatures;
  }

  private static int headerEnd(List<String> lines) {
    int end = 1;
    while (!lines.get(end).startsWith("#--")) {
      end++;
    }
    return end + 1;
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
