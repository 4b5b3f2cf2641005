package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every function of the standard library gives what SystemDS's function of that name gives: the
 * {@code .out} files hold what SystemDS 3.3.0 printed for the scripts beside them.
 */
class LibraryGoldenTest {
  private static final Path SCRIPTS = Path.of("ci/src/test/resources/golden/library");
  private static final Path CHECKS = Path.of("ci/src/test/resources/golden/checks");
  private static final Path LIBRARY = Path.of("library/src/main/resources/dev/reprise/library");

  @TestFactory
  Stream<DynamicTest> libraryFunctionsPrintWhatSystemDsPrints() throws IOException {
    return RecordedScript.under(ScriptOutput.projectRoot().resolve(SCRIPTS)).stream()
        .map(script ->
            DynamicTest.dynamicTest(
                script.file().getFileName().toString(),
                () -> script.check(ScriptOutput.config(), 1)));
  }

  /** Scripts that assert what SystemDS does otherwise or by chance. */
  @TestFactory
  Stream<DynamicTest> libraryFunctionsKeepTheirPromises() throws IOException {
    return scripts(ScriptOutput.projectRoot().resolve(CHECKS)).stream()
        .map(script ->
            DynamicTest.dynamicTest(
                script.getFileName().toString(),
                () -> ScriptOutput.of(script, Map.of(), ScriptOutput.config())));
  }

  @Test
  void theIndexNamesEveryShippedScript() throws IOException {
    Path library = ScriptOutput.projectRoot().resolve(LIBRARY);
    try (Stream<Path> files = Files.walk(library)) {
      List<String> shipped =
          files
              .filter(file -> file.toString().endsWith(".dml"))
              .map(file -> library.relativize(file).toString())
              .sorted(
                  Comparator.<String, Boolean>comparing(file -> file.contains("/"))
                      .thenComparing(Comparator.naturalOrder()))
              .toList();
      assertThat(Files.readAllLines(library.resolve("index.txt"))).isEqualTo(shipped);
    }
  }

  static List<Path> scripts(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".dml")).sorted().toList();
    }
  }
}
