package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every rule finds its violation in a small house that breaks them all. */
class ArchitectureRulesTest {
  private static final String ROOT = "dev.reprise.ci.violation";

  private final JavaClasses house = new ClassFileImporter().importPackages(ROOT);
  private final Map<String, ArchRule> rules = new ArchitectureRules(ROOT).all();

  private String violations(String sentence) {
    assertThat(rules).containsKey(sentence);
    EvaluationResult result = rules.get(sentence).evaluate(house);
    return String.join("\n", result.getFailureReport().getDetails());
  }

  @Test
  void everyRuleCanFail() {
    assertThat(rules.keySet()).allSatisfy(rule -> assertThat(violations(rule)).isNotEmpty());
  }

  @Test
  void lineageMayNotImportTheCache() {
    assertThat(violations("modules import only what they may"))
        .contains("lineage.Curious")
        .contains("cache.Nosy");
  }

  @Test
  void cacheMayNotImportTheScheduler() {
    assertThat(violations("cache and scheduler never import each other"))
        .contains("cache.Nosy")
        .contains("scheduler.Worker");
  }

  @Test
  void aPartMayKnowNeitherTheEngineNorAPartThatKnowsIt() {
    assertThat(violations("packages below the engine do not know the engine"))
        .contains("left.Climbing")
        .contains("engine.Inside")
        .doesNotContain("right.Turning.<init>");
    assertThat(violations("packages below the engine form no cycle"))
        .contains("Slice left")
        .contains("Slice right");
  }

  @Test
  void aLayerMayNotKnowOneAboveIt() {
    assertThat(violations("layers of the engine know those below them alone"))
        .contains("control.Reaching")
        .contains("step.Doing");
  }

  @Test
  void aPackageOfTheEngineThatIsInNoListIsFound() {
    assertThat(violations("packages below the engine are layers or parts of them"))
        .contains("left.Climbing")
        .doesNotContain("step.Doing");
  }

  @Test
  void aCounterInAStaticFieldIsFound() {
    assertThat(violations("static fields are final")).contains("Forgetful.count");
    assertThat(violations("static fields hold no mutable state")).contains("Forgetful.seen");
  }

  @Test
  void aNativeCallOutsideItsModuleIsFound() {
    assertThat(violations("native functions are bound in runtime-cpu and memory"))
        .contains("Forgetful");
  }

  @Test
  void writingAndLookingAroundAreFound() {
    assertThat(violations("files are written in named places"))
        .contains("writeString")
        .contains("FileOutputStream")
        .doesNotContain("readString");
    assertThat(violations("one class reads system properties and the environment"))
        .contains("getenv")
        .contains("getBoolean");
  }
}
