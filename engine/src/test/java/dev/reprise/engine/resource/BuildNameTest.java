package dev.reprise.engine.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import org.junit.jupiter.api.Test;

/** Two builds never have one name, or one would be given the other's values. */
class BuildNameTest {
  private static String name(String classPath, String folder, String source) {
    return Environment.buildName(classPath, "", folder, source);
  }

  @Test
  void aRelativePlaceMeansAnotherBuildInAnotherFolder() {
    assertThat(name("app.jar", "/opt/v1", "s")).isNotEqualTo(name("app.jar", "/opt/v2", "s"));
    String mixed = "/lib/a.jar" + File.pathSeparator + "app.jar";
    assertThat(name(mixed, "/opt/v1", "s")).isNotEqualTo(name(mixed, "/opt/v2", "s"));
    assertThat(Environment.buildName("", "mods", "/opt/v1", "s"))
        .isNotEqualTo(Environment.buildName("", "mods", "/opt/v2", "s"));
  }

  @Test
  void absolutePlacesAreOneBuildWhereverItIsStarted() {
    assertThat(name("/opt/v1/app.jar", "/home", "s")).isEqualTo(name("/opt/v1/app.jar", "/", "s"));
  }

  @Test
  void whatAContainerLoadsByItselfCounts() {
    assertThat(name("/boot.jar", "/", "file:/apps/1/engine.jar"))
        .isNotEqualTo(name("/boot.jar", "/", "file:/apps/2/engine.jar"));
  }
}
