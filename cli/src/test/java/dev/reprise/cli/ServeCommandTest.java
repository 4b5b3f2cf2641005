package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code reprise serve} when it cannot begin; what it does is tested where PostgreSQL runs. */
class ServeCommandTest extends CommandTest {
  @TempDir private Path folder;

  @Test
  void whatIsMissingOrWrongIsNamed() {
    String database = "jdbc:postgresql://localhost:1/x";
    assertThat(run("serve")).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("--database jdbc:postgresql://");
    assertThat(run("serve", "--database", "jdbc:mysql://host/x")).isEqualTo(ExitCode.USAGE);
    assertThat(run("serve", "--database", database)).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("serve needs --store DIR");
    assertThat(run("serve", "--database", database, "tokens")).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("did you mean 'token'");
    for (String listen : new String[] {"7733", "host:", ":1", "host:x", "host:99999"}) {
      assertThat(run("serve", "--database", database, "--store", store(), "--listen", listen))
          .as(listen)
          .isEqualTo(ExitCode.USAGE);
    }
    assertThat(run("serve", "--help")).isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("token create TENANT");
  }

  @Test
  void anOptionOfAnotherVerbIsRefusedBeforeTheDatabaseIsAsked() {
    String database = "jdbc:postgresql://localhost:1/x";
    for (String[] words :
        new String[][] {
          {"tenant", "create", "a", "--expires", "5"},
          {"token", "create", "a", "--quota", "5g"},
          {"token", "list", "--label", "a"},
          {"tenant", "list", "--listen", "localhost:1"},
          {"--quota", "5g", "--store", store()}
        }) {
      List<String> all = new ArrayList<>(List.of("serve", "--database", database));
      all.addAll(List.of(words));
      assertThat(run(all.toArray(String[]::new))).as(all.toString()).isEqualTo(ExitCode.USAGE);
      assertThat(err()).contains("does nothing with --");
    }
    assertThat(err()).contains("'serve' does nothing with --quota");
    assertThat(err()).contains("which goes with 'serve tenant create'");
  }

  @Test
  void aFolderThatCannotBeWrittenIsToldBeforeAnythingBegins() {
    assertThat(
            run("serve", "--database", "jdbc:postgresql://localhost:1/x", "--store", "/proc/store"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("--store: cannot write to /proc/store");
  }

  private String store() {
    return folder.resolve("store").toString();
  }

  @Test
  void aDatabaseThatIsNotThereIsOneLineWithoutItsPassword() throws IOException {
    // Taken, so that nobody else listens there meanwhile, and nobody does.
    try (Socket taken = new Socket()) {
      taken.bind(null);
      String database =
          "jdbc:postgresql://localhost:" + taken.getLocalPort() + "/x?password=secret";
      assertThat(run("serve", "--database", database, "token", "list"))
          .isEqualTo(ExitCode.RESOURCE);
    }
    assertThat(err().lines()).hasSize(1);
    assertThat(err()).contains("cannot be reached").doesNotContain("secret");
  }
}
