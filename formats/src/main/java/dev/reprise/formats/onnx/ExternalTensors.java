package dev.reprise.formats.onnx;

import java.nio.file.Path;
import java.util.List;

/**
 * The tensors of a model whose cells lie in files beside it. It follows from the model's own bytes;
 * which files these are does not, since a name may be a link that leads elsewhere tomorrow.
 */
public final class ExternalTensors {
  private final List<ExternalData> tensors;

  ExternalTensors(List<ExternalData> tensors) {
    this.tensors = List.copyOf(tensors);
  }

  /**
   * The files, links followed, each once, in a fixed order; weights are not looked at.
   *
   * @param model the file of the model
   * @throws dev.reprise.formats.FormatException when one is not there, or not within the folder of
   *     the model
   */
  public List<Path> files(Path model) {
    return tensors.stream().map(tensor -> tensor.file(model)).distinct().sorted().toList();
  }
}
