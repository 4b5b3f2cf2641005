package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A training loop over weights in lists is stored as a loop: its trace does not grow with epochs or
 * batches, and is that of the expanded one.
 */
class StoredListLoopsTest {
  private static final String NETWORK =
      """
      X = matrix(seq(1, 200), 40, 5) %% 11 / 11
      y = matrix(seq(1, 160), 40, 4) %% 7
      net = list(W=matrix(seq(1, 20), 5, 4) / 20, b=matrix(0, 1, 4))
      m = list(matrix(0, 5, 4), matrix(0, 1, 4))
      v = list(matrix(0, 5, 4), matrix(0, 1, 4))
      t = 0
      """;

  /** All weights in a loop, as who has many of them writes it. */
  private static final String STEP =
      """
      d = X %*% as.matrix(net["W"]) + as.matrix(net["b"]) - y
      g = list(t(X) %*% d, colSums(d))
      for (q in 1:2) {
        [p, mq, vq] = adam_update(as.matrix(net[q]), as.matrix(g[q]), 0.01, 0.9, 0.999, 1e-8, t,
          as.matrix(m[q]), as.matrix(v[q]))
        net[q] = p
        m[q] = mq
        v[q] = vq
      }
      t = t + 1
      """;

  private static final String RESULT =
      "W = as.matrix(net[\"W\"])\nprint(sum(W))\nwrite(W, \"W.csv\", format=\"csv\")\n";

  @TempDir private Path folder;

  private SessionConfig config() {
    return Scripts.config().withWorkingDirectory(folder);
  }

  private String trace(SessionConfig config, String script) throws IOException {
    Outcome outcome = Scripts.run(config, script);
    assertThat(outcome.liveBuffers()).isZero();
    return Files.readString(folder.resolve("W.csv.lineage"));
  }

  private static String epochs(int epochs, String body) {
    return NETWORK + "for (e in 1:" + epochs + ") {\n" + body + "}\n" + RESULT;
  }

  @Test
  void assignmentsToElementsAreStoredOnce() throws IOException {
    String body =
        """
        d = X %*% as.matrix(net["W"]) + as.matrix(net["b"]) - y
        net[1] = as.matrix(net[1]) - 0.001 * t(X) %*% d
        net["b"] = as.matrix(net["b"]) - 0.001 * colSums(d)
        """;
    int length = trace(config(), epochs(100, body)).length();
    assertThat(trace(config(), epochs(900, body)).length()).isLessThanOrEqualTo(length + 20);
  }

  @Test
  void aLoopOverTheWeightsIsAPartOfTheIterationAroundIt() throws IOException {
    String text = trace(config(), epochs(100, STEP));
    assertThat(text).doesNotContain("column item");
    assertThat(trace(config(), epochs(900, STEP)).length()).isLessThanOrEqualTo(text.length() + 20);
  }

  /** A call might draw seeds; only what does stays a loop of its own. */
  @Test
  void aLoopOverTheWeightsMayCallFunctions() throws IOException {
    String function =
        """
        step = function(matrix[double] p, matrix[double] g) return (matrix[double] q) {
          q = p - 0.001 * g
        }
        """;
    String body =
        """
        order = sample(40, 40)
        d = X[1:20, ] %*% as.matrix(net["W"]) + as.matrix(net["b"]) - y[1:20, ] * sum(order[1:9, ])
        g = list(t(X[1:20, ]) %*% d, colSums(d))
        for (q in 1:2) net[q] = step(as.matrix(net[q]), as.matrix(g[q]))
        """;
    SessionConfig config = config().withSeed(7);
    String text = trace(config, function + epochs(100, body));
    assertThat(text).doesNotContain("column item");
    assertThat(trace(config, function + epochs(300, body)).length())
        .isLessThanOrEqualTo(text.length() + 20);
  }

  /** Lists of layers, of their weights and of averages, filled and changed by functions. */
  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adam"})
  void aTrainingByTheLibraryIsStoredOnce(String optimizer) throws IOException {
    int length = library(optimizer, 40, 6).length();
    assertThat(library(optimizer, 40, 15).length()).isLessThanOrEqualTo(length + 20);
    assertThat(library(optimizer, 120, 6).length()).isLessThanOrEqualTo(length + 20);
  }

  private String library(String optimizer, int batches, int epochs) throws IOException {
    String script =
        """
        X = matrix(seq(1, 20 * %d), 4 * %d, 5) %%%% 11 / 11
        y = 1 + (rowSums(X) > 2)
        net = list(list(layer="affine", W=matrix(seq(1, 20), 5, 4) / 20, b=matrix(0, 1, 4)),
          list(layer="relu"),
          list(layer="affine", W=matrix(seq(1, 8), 4, 2) / 8, b=matrix(0, 1, 2)))
        [net, losses] = sequentialTrain(X=X, Y=y, model=net, optimizer="%s", batch_size=4, epochs=%d,
          seed=3)
        net = as.list(net[1])
        """;
    return trace(config(), script.formatted(batches, batches, optimizer, epochs) + RESULT);
  }

  /** Such as the norm of all gradients, and averages that were put into the list by their names. */
  @Test
  void aLoopThatReadsElementsIsAPartOfTheIterationAroundIt() throws IOException {
    String before =
        """
        source("nn/optim/clip.dml") as clip
        """
            + NETWORK
            + """
            kinds = names(net)
            state = list()
            for (q in 1:2) state["v" + as.scalar(kinds[q])] = 0 * as.matrix(net[q])
            """;
    String body =
        """
        d = X %*% as.matrix(net["W"]) + as.matrix(net["b"]) - y
        g = list(W=t(X) %*% d, b=colSums(d))
        [g, norm] = clip::by_norm(g, 0.5)
        for (q in 1:2) {
          name = as.scalar(kinds[q])
          [p, vq] = momentum_update(as.matrix(net[name]), as.matrix(g[name]), 0.01, 0.9,
            as.matrix(state["v" + name]))
          net[name] = p
          state["v" + name] = vq
        }
        """;
    String text = trace(config(), before + "for (e in 1:40) {\n" + body + "}\n" + RESULT);
    assertThat(text).doesNotContain("column item");
    String longer = before + "for (e in 1:200) {\n" + body + "}\n" + RESULT;
    assertThat(trace(config(), longer).length()).isLessThanOrEqualTo(text.length() + 20);
    String shown = longer + "print(lineage(W))\n";
    assertThat(Scripts.run(config(), shown).output())
        .isEqualTo(Scripts.run(config().withDedup(false), shown).output());
  }

  /** Elements that have one name keep such a list from being traced as made of its elements. */
  @Test
  void theLastPlaceIsKnownInAStoredLoopAsInAnExpandedOne() {
    String script =
        """
        X = matrix(seq(1, 4), 2, 2) / 7
        L = list(3, X)
        for (i in 1:3) {
          L[length(L)] = X * i
          L = append(L, f=X)
        }
        x = as.matrix(L[4])
        print(lineage(x))
        """;
    assertThat(Scripts.run(config(), script).output())
        .isEqualTo(Scripts.run(config().withDedup(false), script).output())
        .doesNotContain("listAssign");
  }

  /** Few batches are a part of the epoch as well, many are a loop within it. */
  @ParameterizedTest
  @ValueSource(ints = {3, 200})
  void anEpochOfBatchesIsStoredOnce(int batches) throws IOException {
    String body = "for (i in 1:" + batches + ") {\n" + STEP + "}\n";
    String text = trace(config(), epochs(5, body));
    assertThat(trace(config(), epochs(20, body)).length()).isLessThanOrEqualTo(text.length() + 20);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 200})
  void theTraceIsThatOfTheExpandedLoop(int batches) {
    String training = epochs(3, "for (i in 1:" + batches + ") {\n" + STEP + "}\n");
    String script = training + "print(lineage(W))\n";
    Outcome stored = Scripts.run(config(), script);
    Outcome expanded = Scripts.run(config().withDedup(false), script);
    assertThat(stored.output()).isEqualTo(expanded.output());
    Outcome plain = Scripts.run(config().withReuse(ReuseMode.NONE), training);
    assertThat(stored.output()).startsWith(plain.output());
  }
}
