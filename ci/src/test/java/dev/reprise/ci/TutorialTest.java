package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.Main;
import dev.reprise.testkit.CommandProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the tutorial tells its reader to type prints what the tutorial says.
 *
 * <pre>
 *   ... `tutorial/NAME`:   a block behind it is what that file holds
 *   ```console             commands behind "$ ", each with what it prints; "..." stands for anything
 * </pre>
 */
class TutorialTest {
  private static final Path ROOT = ScriptOutput.projectRoot();
  private static final Pattern FILE =
      Pattern.compile("`(tutorial/[a-z.]+)`:\n\n```r\n(.*?)```\n", Pattern.DOTALL);
  private static final Pattern CONSOLE = Pattern.compile("```console\n(.*?)```\n", Pattern.DOTALL);
  private static final Pattern COMMAND = Pattern.compile("^\\$ (.*)\n", Pattern.MULTILINE);
  private static final CommandProcess COMMAND_LINE = new CommandProcess(System.getProperties());
  private static final String REPRISE = "./reprise ";

  @TempDir private Path folder;

  @Test
  void everyCommandPrintsWhatThePageSays() throws Exception {
    String page = Files.readString(ROOT.resolve("docs/tutorial.md"));
    copyData();
    Files.createDirectory(folder.resolve("tutorial"));
    int files = 0;
    for (Matcher file = FILE.matcher(page); file.find(); files++) {
      Files.writeString(folder.resolve(file.group(1)), file.group(2));
    }
    int commands = 0;
    for (Matcher console = CONSOLE.matcher(page); console.find(); ) {
      commands += runAll(console.group(1));
    }
    assertThat(files).isGreaterThan(5);
    assertThat(commands).isGreaterThan(10);
  }

  private void copyData() throws IOException {
    Path data = Files.createDirectories(folder.resolve("examples/data"));
    try (Stream<Path> files = Files.list(ROOT.resolve("examples/data"))) {
      for (Path file : files.toList()) {
        Files.copy(file, data.resolve(file.getFileName()));
      }
    }
  }

  private int runAll(String console) throws Exception {
    String[] printed = COMMAND.split(console);
    int commands = 0;
    for (Matcher command = COMMAND.matcher(console); command.find(); ) {
      commands++;
      String expected = commands < printed.length ? printed[commands] : "";
      run(command.group(1), expected);
    }
    return commands;
  }

  private void run(String command, String expected) throws IOException, InterruptedException {
    assertThat(command).startsWith(REPRISE);
    List<String> words = new ArrayList<>(COMMAND_LINE.words(Main.class));
    words.addAll(Arrays.asList(command.substring(REPRISE.length()).split(" ")));
    Process process =
        CommandProcess.builder(words).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exitCode = process.waitFor();
    assertThat(output.stripTrailing() + "\n").as(command).matches(pattern(expected));
    assertThat(exitCode).as(command).isEqualTo(isToldByExitCode(command, expected) ? 1 : 0);
  }

  /** A script has a mistake, or two traces differ. */
  private static boolean isToldByExitCode(String command, String expected) {
    return expected.contains(": error: ") || command.contains(" lineage diff ");
  }

  /** A line that is "..." stands for any lines, within a line it stands for anything there. */
  private static Pattern pattern(String expected) {
    return Pattern.compile(
        expected
            .stripTrailing()
            .lines()
            .map(line -> line.equals("...") ? "(.*\n)*" : inLine(line) + "\n")
            .collect(Collectors.joining()));
  }

  private static String inLine(String line) {
    return Arrays.stream(line.split("\\.\\.\\.", -1))
        .map(Pattern::quote)
        .collect(Collectors.joining(".*"));
  }
}
