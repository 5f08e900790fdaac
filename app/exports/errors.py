"""What can go wrong with exports, by name."""

from app.problems import AppError


class ExportNotReady(AppError):
    """The file is not made yet, or could not be made."""

    slug, status = "export-not-ready", 409
    title = ("导出文件尚未生成", "The file is not there yet")
    detail = (
        "导出状态为 {state}；完成后（done）才能下载",
        "The export is '{state}'; its file can be fetched once it is 'done'",
    )


class TooManyExports(AppError):
    """One person's exports wait for each other."""

    slug, status = "too-many-exports", 429
    title = ("正在进行的导出过多", "Too many exports at once")
    detail = (
        "您已有 {most} 个导出未完成，请等待完成后再试",
        "{most} of your exports have not ended; wait for one of them",
    )


class FontMissing(AppError):
    """This machine has no font that a dossier could be set in."""

    slug, status = "font-missing", 503
    title = ("服务器缺少中文字体", "The server has no Chinese font")
    detail = (
        "请管理员安装软件包 fonts-noto-cjk（或以下字体之一：{fonts}）后重启服务",
        "Let an operator install the package fonts-noto-cjk (or one of {fonts}) and restart",
    )
