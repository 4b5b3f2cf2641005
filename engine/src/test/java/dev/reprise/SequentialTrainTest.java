package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Training of networks that are lists of layers: frozen layers are computed once, and what is
 * trained is the same however values are found.
 */
class SequentialTrainTest {
  @TempDir Path folder;

  @Test
  void frozenLayersAreComputedInTheFirstEpochOnly() {
    RunStatistics statistics =
        EqualRuns.of(
            SequentialNetworks.IMAGES
                + """
                [trained, losses] = sequentialTrain(X=X, Y=y, model=model, frozen=4, lr=0.002, batch_size=32, epochs=5, seed=3)
                print(toString(losses, decimal=12))
                """);
    assertThat(statistics.of("conv2d").executed()).isEqualTo(4);
    assertThat(statistics.of("conv2d_backward_filter").executed()).isZero();
    assertThat(statistics.of("conv2d").hits() + statistics.functions().hits())
        .isGreaterThanOrEqualTo(16);
  }

  @Test
  void otherHeadsFindWhatFrozenLayersPutOut() {
    RunStatistics statistics =
        EqualRuns.of(
            SequentialNetworks.IMAGES
                + """
                [base, rest] = train::split(model, 4)
                for (k in 1:3) {
                  head = list(list(layer="affine", W=r(128, 2, 20 + k), b=r(1, 2, 30)))
                  [trained, losses] = sequentialTrain(X=X, Y=y, model=head, base=base, optimizer="momentum", lr=0.01 * k, batch_size=32, epochs=2, seed=3)
                  print(toString(losses, decimal=12))
                }
                """);
    assertThat(statistics.of("conv2d").executed()).isEqualTo(4);
  }

  @Test
  void trainingAllLayersIsTheSameHoweverValuesAreFound() {
    RunStatistics statistics =
        EqualRuns.of(
            SequentialNetworks.IMAGES
                + """
                [trained, losses] = sequentialTrain(X=X, Y=y, model=model, lr=0.002, batch_size=50, epochs=2, seed=3, shuffle=TRUE, max_norm=1)
                print(toString(losses, decimal=12))
                print(toString(net::forward(X[1:4, ], trained), decimal=12))
                """);
    assertThat(statistics.of("conv2d_backward_filter").executed()).isEqualTo(6);
    // Nothing asks for the gradient of the images.
    assertThat(statistics.of("conv2d_backward_data").executed()).isZero();
  }

  @Test
  void whatIsFrozenStaysAsItIs() {
    String output =
        Scripts.output(
            SequentialNetworks.IMAGES
                + """
                [trained, losses] = sequentialTrain(X=X, Y=y, model=model, frozen=4, lr=0.01, batch_size=32, epochs=3, seed=3)
                for (i in 1:6) {
                  [a, rest] = train::split(model, i)
                  [a, own] = train::split(a, i - 1)
                  [b, rest] = train::split(trained, i)
                  [b, other] = train::split(b, i - 1)
                  print(i + " " + (toString(own) == toString(other)))
                }
                print(as.scalar(losses[3, 1]) < as.scalar(losses[1, 1]))
                """);
    assertThat(output).isEqualTo("1 TRUE\n2 TRUE\n3 TRUE\n4 TRUE\n5 FALSE\n6 FALSE\nTRUE\n");
  }

  /** The last epochs do not lower the loss of the examples that are kept apart. */
  @Test
  void stopsEarlyAndGivesTheBestModel() {
    String output =
        Scripts.output(
            SequentialNetworks.IMAGES
                + """
                V = rand(rows=20, cols=256, seed=2)
                v = round(rand(rows=20, cols=1, seed=3)) + 1
                [trained, losses] = sequentialTrain(X=X, Y=y, model=model, X_val=V, Y_val=v, frozen=4, lr=0.01, batch_size=32, epochs=40, patience=2, seed=3)
                least = min(losses[, 2])
                n = nrow(losses)
                print(n < 40)
                print(as.scalar(losses[n - 2, 2]) == least & as.scalar(losses[n, 2]) > least)
                loss = softmax_cross_entropy(net::forward(V, trained), v)
                print(abs(loss - least) < 1e-12)
                """);
    assertThat(output).isEqualTo("TRUE\nTRUE\nTRUE\n");
  }

  @Test
  void aTrainedNetworkIsWrittenAndReadAgain() {
    String output =
        Scripts.output(
            SequentialNetworks.IMAGES
                + """
                [trained, losses] = sequentialTrain(X=X, Y=y, model=model, lr=0.01, batch_size=32, epochs=1, seed=3)
                write(trained, "FILE", format="onnx")
                again = net::forward(X, read("FILE"))
                print(max(abs(again - net::forward(X, trained))) < 1e-5)
                """
                    .replace("FILE", folder.resolve("trained.onnx").toString()));
    assertThat(output).isEqualTo("TRUE\n");
  }

  /** What is drawn does not depend on the number; of a seed for some steps only it would. */
  @Test
  void anyNegativeSeedDrawsOne() {
    String training =
        SequentialNetworks.IMAGES
            + """
            for (k in 1:2) {
              [trained, losses] = sequentialTrain(X=X, Y=y, model=model, batch_size=32, epochs=3, shuffle=TRUE, seed=SEED)
              print(toString(losses, decimal=12))
            }
            """;
    String output = Scripts.output(training.replace("SEED", "-5"));
    assertThat(output).isEqualTo(Scripts.output(training.replace("SEED", "-1")));
    int half = output.length() / 2;
    assertThat(output.substring(0, half)).isNotEqualTo(output.substring(half));
  }

  /** Layers in base and further ones that are frozen are as one list of frozen ones. */
  @Test
  void layersAreFrozenInBaseAndModel() {
    String output =
        Scripts.output(
            SequentialNetworks.IMAGES
                + """
                [base, rest] = train::split(model, 2)
                [one, losses] = sequentialTrain(X=X, Y=y, model=rest, base=base, frozen=2, lr=0.01, batch_size=32, epochs=2, seed=3)
                [other, same] = sequentialTrain(X=X, Y=y, model=model, frozen=4, lr=0.01, batch_size=32, epochs=2, seed=3)
                print(length(one) + " " + (toString(one) == toString(other)) + " " + sum(losses[, 1] != same[, 1]))
                """);
    assertThat(output).isEqualTo("7 TRUE 0.0\n");
  }

  /** The losses are those of PyTorch 2.13, whose scores overflow no power either. */
  @ParameterizedTest
  @CsvSource({"', list(layer=\"sigmoid\")', 3", "'', 2"})
  void sigmoidsAreTrainedByBinaryCrossEntropy(String end, int layers) {
    String output =
        Scripts.output(
            """
            source("nn/sequential.dml") as net
            X = matrix(seq(1, 18), 6, 3) %% 5 - 2
            Y = matrix(seq(1, 12), 6, 2) %% 4 / 4
            affine = list(layer="affine", W=matrix("0.5 -30 20 0.25 -0.75 1", 3, 2), b=matrix("0.1 -0.2", 1, 2))
            [trained, losses] = sequentialTrain(X=X, Y=Y, X_val=X * 1000, Y_val=Y, model=list(list(layer="flatten"), affineEND),
              loss="binary_cross_entropy", optimizer="sgd", lr=0.5, batch_size=6, epochs=3)
            print(toString(losses[, 1], decimal=10) + (sum(losses) < Inf) + " " + length(trained))
            """
                .replace("END", end));
    assertThat(output)
        .isEqualTo("35.7097931045\n34.9197176379\n34.1478736639\nTRUE " + layers + "\n");
  }
}
