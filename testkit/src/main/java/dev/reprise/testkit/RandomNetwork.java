package dev.reprise.testkit;

import dev.reprise.testkit.NetworkLayer.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A random network with a loss, all of whose shapes fit, as lines of script: from the batch {@code
 * xb} and its labels {@code yb} to {@code loss} and the gradients of its weights.
 *
 * @param last number of the layer that gives the scores
 * @param input expression of all examples, one in a row
 * @param labels expression of their labels
 * @param weights what is trained
 * @param averages what forward passes move
 * @param forward from {@code xb} to the scores {@code h(last)}
 * @param backward from {@code loss} and its gradient to the gradients of the weights
 */
record RandomNetwork(
    int examples,
    int last,
    String input,
    String labels,
    List<Weight> weights,
    List<Weight> averages,
    List<String> forward,
    List<String> backward) {

  RandomNetwork {
    weights = List.copyOf(weights);
    averages = List.copyOf(averages);
    forward = List.copyOf(forward);
    backward = List.copyOf(backward);
  }

  static RandomNetwork draw(SplittableRandom random) {
    return new Drawing(random).network();
  }

  private static final class Drawing {
    private static final int[] EXAMPLES = {1, 7, 24, 50, 96, 300};

    private final SplittableRandom random;
    private final ImageLayers images;
    private final FlatLayers rows;
    private final List<NetworkLayer> layers = new ArrayList<>();

    Drawing(SplittableRandom random) {
      this.random = random;
      images = new ImageLayers(random);
      rows = new FlatLayers(random);
    }

    RandomNetwork network() {
      int examples = EXAMPLES[random.nextInt(EXAMPLES.length)];
      Volume in = input();
      boolean words = !in.isImage() && random.nextInt(5) == 0;
      String input = words ? words(examples, in) : numbers(examples, in);
      Volume now = in;
      if (words) {
        layers.add(rows.embedding(12, in));
        now = layers.getLast().out();
      }
      for (int count = 1 + random.nextInt(5); count > 0; count--) {
        layers.add(layer(layers.size() + 1, now));
        now = layers.getLast().out();
      }
      int classes = 1 + random.nextInt(6);
      layers.add(rows.affine(layers.size() + 1, now, classes));
      return assembled(examples, input, classes);
    }

    private NetworkLayer layer(int i, Volume now) {
      if (!now.isImage()) {
        return rows.draw(i, now);
      }
      return random.nextInt(4) == 0 ? rows.cells(i, now) : images.draw(i, now);
    }

    private Volume input() {
      return random.nextBoolean()
          ? new Volume(1 + random.nextInt(4), 3 + random.nextInt(8), 3 + random.nextInt(8))
          : Volume.flat(1 + random.nextInt(60));
    }

    private String words(int examples, Volume in) {
      return "floor(rand(rows=%d, cols=%d, min=0, max=13, seed=3))".formatted(examples, in.cells());
    }

    private String numbers(int examples, Volume in) {
      String sizes = "rows=%d, cols=%d, min=-1, max=1, seed=3".formatted(examples, in.cells());
      return switch (random.nextInt(4)) {
        case 0 -> "rand(" + sizes + ", sparsity=0.05)";
        case 1 -> "round(rand(" + sizes + ") * 3)";
        default -> "rand(" + sizes + ")";
      };
    }

    private RandomNetwork assembled(int examples, String input, int classes) {
      String h = "h" + layers.size();
      String d = "d" + layers.size();
      String numbers = "seq(1, " + examples + ") %% " + classes + " + 1";
      String oneHot = "table(seq(1, N), " + numbers + ", N, " + classes + ")";
      boolean column = random.nextInt(5) == 0;
      List<String> loss = column ? builtin(h, d) : loss(h, d);
      // Layers before this one keep the weights that they have at first.
      int first = random.nextInt(3) == 0 ? random.nextInt(layers.size()) : 0;
      List<Weight> weights = new ArrayList<>();
      List<Weight> averages = new ArrayList<>();
      List<String> forward = new ArrayList<>(List.of("n = nrow(xb)", "h0 = xb"));
      List<String> backward = new ArrayList<>(loss);
      for (int i = 0; i < layers.size(); i++) {
        NetworkLayer layer = layers.get(i);
        if (i >= first) {
          weights.addAll(layer.weights());
        } else {
          layer.weights().forEach(each -> forward.add(each.name() + " = " + each.initial()));
        }
        averages.addAll(layer.averages());
        forward.addAll(layer.forward());
      }
      for (int i = layers.size() - 1; i >= first; i--) {
        backward.addAll(layers.get(i).backward());
      }
      String labels = column ? numbers : oneHot;
      return new RandomNetwork(
          examples, layers.size(), input, labels, weights, averages, forward, backward);
    }

    private static List<String> builtin(String h, String d) {
      return List.of(
          "loss = softmax_cross_entropy(" + h + ", yb)",
          d + " = softmax_cross_entropy_backward(" + h + ", yb)");
    }

    private List<String> loss(String h, String d) {
      return switch (random.nextInt(4)) {
        case 0 -> builtin(h, d);
        case 1 ->
            List.of(
                "P = softmax(" + h + ")",
                "loss = -sum(yb * log(P + 1e-9)) / n",
                d + " = (P - yb) / n");
        case 2 ->
            List.of(
                "P = log_softmax(" + h + ")",
                "loss = -sum(yb * P) / n",
                d + " = log_softmax_backward(-yb / n, P)");
        default ->
            List.of("loss = sum((" + h + " - yb) ^ 2) / (2 * n)", d + " = (" + h + " - yb) / n");
      };
    }
  }
}
