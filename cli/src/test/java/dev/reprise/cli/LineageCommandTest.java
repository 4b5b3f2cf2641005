package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions to traces and differences between them, from words to text and exit code. */
class LineageCommandTest extends CommandTest {
  @TempDir private Path folder;

  /** Runs a script that reads X.csv and writes w; returns the trace of w. */
  private String train(String name, String rate, String iterations) throws IOException {
    Path data = folder.resolve("X.csv");
    if (!Files.exists(data)) {
      Files.writeString(data, "1,2\n3,4\n5,7\n");
    }
    Path script =
        Files.writeString(
            folder.resolve("lm.dml"),
            """
            X = read("%s")
            y = rand(rows=nrow(X), cols=1, seed=7)
            lr = %s
            w = matrix(0, ncol(X), 1)
            for (i in 1:%s) {
              w = w - lr * (t(X) %%*%% (X %%*%% w - y))
            }
            write(w, "%s", format="csv")
            """
                .formatted(data, rate, iterations, folder.resolve(name)));
    assertThat(run("run", script.toString())).as(err()).isEqualTo(ExitCode.FINE);
    return folder.resolve(name + ".lineage").toString();
  }

  @Test
  void aChangedConstantIsReportedByNameValuesAndPlace() throws Exception {
    String before = train("a.csv", "0.1", "2");
    String after = train("b.csv", "0.01", "2");
    assertThat(run("lineage", "diff", before, after)).isEqualTo(ExitCode.SCRIPT);
    assertThat(out()).startsWith("lr: 0.1 became 0.01 at " + folder.resolve("lm.dml") + ":3\n");
    assertThat(out()).contains("which is input 1 of * (" + folder.resolve("lm.dml") + ":6)");
    assertThat(run("lineage", before, "--diff", after)).isEqualTo(ExitCode.SCRIPT);
    assertThat(out()).startsWith("lr: 0.1 became 0.01 at ");
  }

  @Test
  void equalTracesAreEqualWhateverTheFilesAreCalled() throws Exception {
    assertThat(run("lineage", "diff", train("a.csv", "0.1", "2"), train("b.csv", "0.1", "2")))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("the traces are equal\n");
  }

  @Test
  void otherContentOfAFileAndMoreIterationsAreTold() throws Exception {
    String before = train("a.csv", "0.1", "2");
    String longer = train("b.csv", "0.1", "4");
    assertThat(run("lineage", "diff", before, longer)).isEqualTo(ExitCode.SCRIPT);
    assertThat(out()).contains("the second goes on where the first ends: its %");
    Files.writeString(folder.resolve("X.csv"), "1,2\n3,4\n5,6.5\n");
    String changed = train("c.csv", "0.1", "2");
    assertThat(run("lineage", "diff", before, changed)).isEqualTo(ExitCode.SCRIPT);
    assertThat(out())
        .startsWith("the content of read \"" + folder.resolve("X.csv") + "\" (")
        .contains("lm.dml:1) changed: fingerprint ");
  }

  @Test
  void loopsOfMillionsOfIterationsAreComparedAsLoops() throws Exception {
    String first = loop("a.lineage", "0.5", "3000000");
    assertThat(run("lineage", "diff", first, loop("b.lineage", "0.25", "3000000")))
        .isEqualTo(ExitCode.SCRIPT);
    assertThat(out())
        .isEqualTo(
            "input 2 of *: 0.5 became 0.25 at loop.dml:4\n  which is input 2 of * (loop.dml:4), in"
                + " iteration 1 of the loop around loop.dml:4, from the output\n");
    assertThat(run("lineage", "diff", first, loop("c.lineage", "0.5", "3000001")))
        .isEqualTo(ExitCode.SCRIPT);
    assertThat(out())
        .startsWith(
            "the loop around loop.dml:4 ran 3000000 iterations in the first and 3000001 in the");
    assertThat(run("lineage", "diff", first, loop("d.lineage", "0.5", "3000000")))
        .isEqualTo(ExitCode.FINE);
  }

  private String loop(String name, String factor, String iterations) throws IOException {
    String text =
        """
        reprise-lineage 2
        patch 1 of 1
        ?1 = literal double %s
        #@ at "loop.dml:4"
        $1 = * ^1 ?1
        next ^1 = $1
        body 1 from 0
        path 1*%s
        #@ at "loop.dml:1"
        %%1 = read{fingerprint=1, format=csv} @ "X.csv"
        %%2 = loop 1 %%1
        %%3 = %%2^1
        return %%3
        """
            .formatted(factor, iterations);
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Test
  void questionsToLoopsOfMillionsOfIterationsAreAnsweredOnIterations() throws Exception {
    String trace = loop("a.lineage", "0.5", "100000000");
    assertThat(run("lineage", trace, "--query", "ancestors")).as(err()).isEqualTo(ExitCode.FINE);
    assertThat(out())
        .isEqualTo(
            """
            %1 = read{fingerprint=1, format=csv} @ "X.csv"   # loop.dml:1
            loop %2 around loop.dml:4, patch 1, iterations 1-99999999:
              $1 = * ^1 ?1   # loop.dml:4
            loop %2 around loop.dml:4, patch 1, iterations 1-100000000:
              ?1 = literal double 0.5
            """);
    assertThat(run("lineage", trace, "--query", "inputs")).isEqualTo(ExitCode.FINE);
    assertThat(out())
        .isEqualTo("%1 = read{fingerprint=1, format=csv} @ \"X.csv\"   # loop.dml:1\n");
    assertThat(run("lineage", trace, "--query", "descendants", "--of", "X.csv"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out())
        .isEqualTo(
            """
            loop %2 around loop.dml:4, patch 1, iterations 1-100000000:
              $1 = * ^1 ?1   # loop.dml:4
            the output
            """);
    assertThat(run("lineage", trace, "--query", "ancestors", "--of", "%2^1@17", "--format", "json"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("\"iterations\" : [ [ 1, 16 ] ]", "\"count\" : 16");
    assertThat(run("lineage", trace, "--dot")).isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("loop %2, iterations 100000000", "n2p1n1 -> n2c1 [style=dashed]");
    assertThat(run("lineage", trace, "--format", "json")).isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("\"iterations\" : [ [ 1, 100000000 ] ]", "\"key\"");
    assertUsage("--dot goes without --format", "lineage", trace, "--dot", "--format", "json");
    assertUsage("diff goes without", "lineage", trace, "--diff", trace, "--format", "json");
  }

  @Test
  void shortLoopsAreShownAsLoopsWhenAskedFor() throws Exception {
    String trace = loop("a.lineage", "0.5", "3");
    assertThat(run("lineage", trace)).isEqualTo(ExitCode.FINE);
    assertThat(out()).doesNotContain("patch");
    assertThat(run("lineage", trace, "--loops")).isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("path 1*3\n", "%2 = loop 1 %1\n");
    assertThat(run("lineage", trace, "--loops", "--query", "ancestors")).isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("patch 1, iterations 1-2:\n  $1 = * ^1 ?1");
    assertThat(run("lineage", trace, "--query", "descendants", "--of", "%2$1@2"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("patch 1, iteration 3:\n  $1 = * ^1 ?1").endsWith("the output\n");
    assertUsage("diff goes without", "lineage", trace, "--diff", trace, "--loops");
    assertUsage("has no $7", "lineage", trace, "--query", "inputs", "--of", "%2$7@1");
  }

  @Test
  void inputsAreFilesRandomNumbersAndNamedConstants() throws Exception {
    String trace = train("a.csv", "0.25", "1");
    assertThat(run("lineage", trace, "--query", "inputs")).isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("= read{").contains("X.csv\"").contains(" = rand ");
    assertThat(out()).containsPattern("%[0-9]+ = literal double 0.25   # lr at .*lm.dml:3");
    assertThat(out()).doesNotContain("matmul");
  }

  @Test
  void ancestorsAndDescendantsAreThoseOfTheItem() throws Exception {
    String trace = train("a.csv", "0.25", "1");
    assertThat(run("lineage", trace, "--query", "descendants", "--of", "lr"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out().lines()).hasSize(3);
    assertThat(out()).containsPattern("= \\* %[0-9]+ %[0-9]+   # .*lm.dml:6\n");
    assertThat(out()).endsWith("the output\n");
    assertThat(run("lineage", trace, "--query", "ancestors", "--of", "rand"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("literal integer 7").contains("nrow").doesNotContain("matmul");
    assertThat(run("lineage", trace, "--query", "ancestors", "--of", "lr"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("none\n");
  }

  @Test
  void answersComeAsJsonToo() throws Exception {
    String trace = train("a.csv", "0.25", "1");
    assertThat(run("lineage", trace, "--query", "inputs", "--format", "json"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out())
        .contains("\"operation\" : \"read\"", "\"value\" : \"0.25\"", "\"name\" : \"lr\"");
    assertThat(run("lineage", trace, "--format", "json")).isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("\"inputs\" : [", "\"outputs\" : {");
  }

  @Test
  void badQuestionsAreAnsweredInOneLineWithWhatToTry() throws Exception {
    String trace = train("a.csv", "0.25", "1");
    assertUsage("did you mean 'ancestors'", "lineage", trace, "--query", "ancestor");
    assertUsage("the trace has %1 to %", "lineage", trace, "--query", "inputs", "--of", "%999");
    assertUsage("no item is called 'Z'", "lineage", trace, "--query", "inputs", "--of", "Z");
    assertUsage("say which: %", "lineage", trace, "--query", "ancestors", "--of", "matmul");
    assertUsage("--of needs --query", "lineage", trace, "--of", "%1");
    assertUsage("diff takes two lineage files", "lineage", "diff", trace);
    assertUsage("not found", "lineage", "diff", trace, "none.lineage");
    assertUsage("unexpected word", "lineage", trace, trace);
    assertUsage("FILE.lineage", "lineage");
    Path cut = Files.writeString(folder.resolve("cut.lineage"), "reprise-lineage 1\n");
    assertThat(run("lineage", "diff", trace, cut.toString())).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("cut.lineage: line 2, column 1").contains("cut off");
  }

  private void assertUsage(String message, String... words) {
    assertThat(run(words)).as(String.join(" ", words)).isEqualTo(ExitCode.USAGE);
    assertThat(err().lines()).singleElement().asString().contains(message);
  }
}
