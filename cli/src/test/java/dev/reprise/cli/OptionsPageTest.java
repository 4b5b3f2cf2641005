package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The options that the commands explain and those of the pages are the same. */
class OptionsPageTest extends CommandTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[a-z][\\w-]*");

  @ParameterizedTest
  @EnumSource(CommandName.class)
  void everyOptionIsOnAPage(CommandName command) throws IOException {
    run("help", command.word());
    Set<String> documented = new TreeSet<>();
    for (String page : List.of("command-line", "experiment-store", "team-server", "lineage")) {
      documented.addAll(options(Files.readString(DOCS.resolve(page + ".md"))));
    }
    assertThat(documented).containsAll(options(out()));
  }

  /**
   * A line of an explanation that is too long goes on further right; a new one begins a sentence.
   * The flags of {@code dml} are laid out by hand.
   */
  @ParameterizedTest
  @EnumSource(value = CommandName.class, mode = EnumSource.Mode.EXCLUDE, names = "DML")
  void noExplanationOfAnOptionIsBrokenInASentence(CommandName command) {
    run("help", command.word());
    List<String> lines = out().lines().toList();
    int column =
        lines.stream().mapToInt(OptionsPageTest::indent).filter(n -> n >= 18).min().orElse(0);
    for (int i = 1; i < lines.size(); i++) {
      String before = lines.get(i - 1).strip();
      if (column > 0 && indent(lines.get(i)) == column && before.indexOf(' ') > 0) {
        assertThat(before).as("before '%s'", lines.get(i).strip()).matches(".*([.;:]|\\.\\.\\.)");
      }
    }
  }

  private static int indent(String line) {
    return line.isBlank() ? 0 : line.indexOf(line.strip());
  }

  /** The first column of a table on the page of the command line that begins with an option. */
  @ParameterizedTest
  @CsvSource({"run,--reuse", "replay,--until", "bench,--placements"})
  void everyOptionOfATableIsTakenByItsCommand(String command, String first) throws IOException {
    String page = Files.readString(DOCS.resolve("command-line.md"));
    String table = page.substring(page.indexOf("| `" + first));
    Set<String> named = new TreeSet<>();
    for (String row : table.substring(0, table.indexOf("\n\n")).split("\n")) {
      named.addAll(options(row.split("\\|")[1]));
    }
    run("help", command);
    assertThat(named).contains(first).hasSizeGreaterThan(2);
    assertThat(options(out())).containsAll(named);
  }

  private static Set<String> options(String text) {
    Set<String> options = new TreeSet<>();
    Matcher option = OPTION.matcher(text);
    while (option.find()) {
      options.add(option.group());
    }
    return options;
  }
}
