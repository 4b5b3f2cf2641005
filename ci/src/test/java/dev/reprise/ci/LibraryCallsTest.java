package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Calls of the standard library as its headers show them, and calls that it refuses. */
class LibraryCallsTest {
  private static final Path LIBRARY = Path.of("library/src/main/resources/dev/reprise/library");
  private static final Path WRONG = Path.of("ci/src/test/resources/golden/wrong-calls.txt");
  private static final String CODE = "#     ";

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> examplesInHeadersRun() throws IOException {
    Path library = ScriptOutput.projectRoot().resolve(LIBRARY);
    List<DynamicTest> tests = new ArrayList<>();
    for (Path script : LibraryGoldenTest.scripts(library)) {
      List<String> lines = Files.readAllLines(script);
      int example = lines.indexOf("# Example:");
      if (example >= 0) {
        List<String> code =
            lines.stream()
                .skip(example + 1)
                .takeWhile(line -> !line.startsWith("#--"))
                .filter(line -> !line.equals("#"))
                .map(line -> codeOf(script, line))
                .toList();
        String name = script.getFileName().toString();
        tests.add(
            DynamicTest.dynamicTest(
                name,
                () -> {
                  assertThat(String.join("\n", code)).contains(name.replace(".dml", "("));
                  ScriptOutput.of(written(name, code), Map.of(), ScriptOutput.config());
                }));
      }
    }
    assertThat(tests).hasSizeGreaterThan(40);
    return tests.stream();
  }

  private static String codeOf(Path script, String line) {
    assertThat(line).as("%s, behind '# Example:'", script).startsWith(CODE);
    return line.substring(CODE.length());
  }

  /** Each line of the file is a call and a part of the message that it must get. */
  @TestFactory
  Stream<DynamicTest> wrongArgumentsAreNamed() throws IOException {
    return Files.readAllLines(ScriptOutput.projectRoot().resolve(WRONG)).stream()
        .map(line -> {
          String[] parts = line.split(" => ", 2);
          return DynamicTest.dynamicTest(
              parts[0],
              () -> {
                Path script = written("wrong.dml", List.of("x = " + parts[0]));
                assertThat(ScriptOutput.run(script, Map.of(), ScriptOutput.config()).failureText())
                    .contains(parts[1]);
              });
        });
  }

  private Path written(String name, List<String> lines) throws IOException {
    return Files.write(folder.resolve(name), lines);
  }
}
