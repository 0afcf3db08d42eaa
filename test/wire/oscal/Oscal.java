import gov.nist.secauto.metaschema.core.configuration.DefaultConfiguration;
import gov.nist.secauto.metaschema.core.model.constraint.ValidationFeature;
import gov.nist.secauto.metaschema.core.model.validation.IValidationFinding;
import gov.nist.secauto.metaschema.core.model.validation.IValidationResult;
import gov.nist.secauto.metaschema.core.model.validation.JsonSchemaContentValidator;
import gov.nist.secauto.oscal.lib.OscalBindingContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.json.JSONObject;

/** What NIST's schema and constraints find in each OSCAL document named: a line of JSON each. */
class Oscal {
  public static void main(String[] files) throws Exception {
    var schema = new JsonSchemaContentValidator(OscalBindingContext.class.getResourceAsStream("/schema/json/oscal-complete_schema.json"));
    var context = OscalBindingContext.newInstance();
    for (String file : files) {
      List<String> wrong = new ArrayList<>();
      try {
        tell(schema.validate(Path.of(file)), wrong);
        tell(context.validateWithConstraints(Path.of(file).toUri(), new DefaultConfiguration<ValidationFeature<?>>()), wrong);
      } catch (Exception error) { // A document that cannot be followed to what it imports ends here.
        wrong.add(cause(error).toString());
      }
      System.out.println(new JSONObject().put("file", file).put("wrong", wrong));
    }
  }

  private static void tell(IValidationResult result, List<String> wrong) {
    for (IValidationFinding finding : result.getFindings()) {
      wrong.add(finding.getSeverity() + " at " + finding.getPath() + ": " + finding.getMessage());
    }
  }

  private static Throwable cause(Throwable error) {
    return error.getCause() == null ? error : cause(error.getCause());
  }
}
