package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** The project keeps its own rules. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
  private static final String ROOT = "dev.reprise";

  private final JavaClasses house =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(ArchitectureTest::isOurs)
          .importPackages(ROOT);

  /** The parser is generated; its authors have their own rules. */
  private static boolean isOurs(Location location) {
    return !location.contains("/language/grammar/");
  }

  @TestFactory
  Stream<DynamicTest> everyRuleHolds() {
    return new ArchitectureRules(ROOT)
        .all().entrySet().stream()
            .map(rule ->
                DynamicTest.dynamicTest(
                    rule.getKey(), () -> rule.getValue().as(rule.getKey()).check(house)));
  }

  /** The rules would hold for nothing if the modules were missing from the class path. */
  @Test
  void theRulesSeeEveryModule() {
    List<String> packages =
        List.of(
            "runtime",
            "lineage",
            "memory",
            "scheduler",
            "cache",
            "store",
            "language",
            "engine",
            "cli");
    assertThat(packages)
        .allMatch(
            name -> house.stream().anyMatch(c -> c.getPackageName().startsWith(ROOT + "." + name)));
  }
}
